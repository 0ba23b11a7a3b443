-- What must be zero on every day, counted on the finished tables. One row: a column per metric of schemas.tables.arbitration_health.
-- Inputs: made_membership (what is about to be published), made_eligibility(audience, brand, outcome, people),
--         made_channel_loss(audience, channel, losers), candidate, suppression, audience_channel, contact_limit.
WITH held AS (SELECT person_id, household_id, audience, unnest(channels) AS channel FROM made_membership),
planned AS (
    SELECT e.audience, p.channel, sum(e.people) AS eligible,
        coalesce(sum(e.people) FILTER (CAST(e.outcome AS VARCHAR) = 'excluded'), 0) AS excluded
    FROM made_eligibility e JOIN audience_channel p ON p.audience = e.audience AND p.brand = e.brand GROUP BY ALL
),
has AS (SELECT audience, channel, count(*) AS members FROM held GROUP BY ALL),
lost AS (SELECT audience, channel, losers FROM made_channel_loss)
SELECT
    (SELECT count(*) FROM (SELECT person_id FROM held GROUP BY person_id, channel HAVING count(*) > 1)) AS twice_in_a_channel,
    (SELECT count(*) FROM (SELECT person_id FROM made_membership GROUP BY person_id
        HAVING count(DISTINCT brand) > 1 OR count(DISTINCT rooftop_id) > 1)) AS two_brands_or_rooftops,
    (SELECT count(*) FROM made_membership m JOIN candidate c ON c.person_id = m.person_id AND c.brand = m.brand
        WHERE CAST(m.segment AS VARCHAR) = 'conquest' AND c.owns_own_brand) AS owners_in_conquest,
    (SELECT count(DISTINCT person_id) FROM made_membership SEMI JOIN (
        SELECT person_id FROM suppression WHERE CAST(purpose AS VARCHAR) IN ('ads', 'all')) USING (person_id)) AS opted_out_members,
    (SELECT count(*) FROM held JOIN suppression s ON s.person_id = held.person_id AND CAST(s.purpose AS VARCHAR) = held.channel)
        AS opted_out_channels,
    (SELECT count(*) FROM (SELECT max(l.home_contacts) AS most, count(*) AS people
        FROM held JOIN contact_limit l USING (channel)
        WHERE household_id IS NOT NULL AND l.home_contacts IS NOT NULL GROUP BY household_id, channel)
        WHERE people > most) AS households_over_limit,
    (SELECT coalesce(sum(abs(eligible - excluded - coalesce(members, 0) - coalesce(losers, 0))), 0)
        FROM planned LEFT JOIN has USING (audience, channel) LEFT JOIN lost USING (audience, channel)) AS unaccounted
