-- How many people every two audiences would share before arbitration; zero is a figure too.
-- Inputs: eligible(audience, person_id, brand, cause), audience_rank(audience, ...).
WITH people AS (SELECT DISTINCT audience, person_id FROM eligible WHERE cause IS NULL),
shared AS (
    SELECT l.audience AS left_audience, r.audience AS right_audience, count(*) AS people
    FROM people l JOIN people r ON l.person_id = r.person_id AND l.audience < r.audience
    GROUP BY ALL
)
SELECT l.audience AS left_audience, r.audience AS right_audience, coalesce(s.people, 0) AS people
FROM audience_rank l JOIN audience_rank r ON l.audience < r.audience
LEFT JOIN shared s ON s.left_audience = l.audience AND s.right_audience = r.audience
