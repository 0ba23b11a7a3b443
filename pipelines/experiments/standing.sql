-- How large each arm is, and who of the held back was addressed all the same. One row per test and arm with anybody in it.
-- Inputs: assignment, membership, delivered, touch, member, person, geo_cluster, test_card, arm_card.
-- Parameters: $as_of date, $held_back regular expression, $geo_segments list, $gap_segments list.
WITH geo AS (
    SELECT p.person_id, 'geo_' || g.segment AS test, CAST(g.role AS VARCHAR) AS arm, [CAST(g.segment AS VARCHAR)] AS segments,
        g.assigned_on, NULL AS contaminated_on, g.zip AS unit_id,
        g.role = 'dark' OR g.role = 'buffer' AND list_contains($gap_segments, CAST(g.segment AS VARCHAR)) AS is_held_back
    FROM geo_cluster g JOIN person p USING (zip) WHERE list_contains($geo_segments, CAST(g.segment AS VARCHAR))
),
in_arm AS (
    SELECT a.person_id, a.test, a.arm, t.segments, a.assigned_on, a.contaminated_on, a.unit_id, c.is_held_back
    FROM assignment a JOIN test_card t USING (test) JOIN arm_card c ON c.test = a.test AND c.arm = a.arm
    UNION ALL SELECT * FROM geo
),
met AS (
    SELECT a.test, a.arm, count(DISTINCT a.person_id) AS members,
        count(DISTINCT a.person_id) FILTER (
            len(m.channels) > 0 AND NOT (m.arm = 'control' OR regexp_matches(m.arm, $held_back))) AS addressed
    FROM in_arm a JOIN membership m ON m.person_id = a.person_id AND list_contains(a.segments, CAST(m.segment AS VARCHAR))
    GROUP BY a.test, a.arm
),
held AS (SELECT * FROM in_arm a JOIN (SELECT test, is_in_force FROM test_card) t USING (test) WHERE is_held_back AND is_in_force
    UNION ALL SELECT *, TRUE FROM geo WHERE is_held_back),
sent AS (
    SELECT h.test, h.arm, count(DISTINCT h.person_id) AS delivered
    FROM held h JOIN delivered d ON d.person_id = h.person_id AND list_contains(h.segments, CAST(d.segment AS VARCHAR))
    GROUP BY h.test, h.arm
),
saw AS (
    SELECT m.person_id, max(CAST(t.occurred_at AS DATE)) AS last_on
    FROM touch t JOIN member m USING (record_id) WHERE t.kind = 'exposure' GROUP BY m.person_id
),
seen AS (
    SELECT h.test, h.arm, count(DISTINCT h.person_id) AS exposed
    FROM held h JOIN saw s ON s.person_id = h.person_id AND s.last_on > h.assigned_on GROUP BY h.test, h.arm
)
SELECT a.test, a.arm, count(*) AS assigned, count(DISTINCT a.unit_id) AS units, count(a.contaminated_on) AS contaminated,
    bool_or(a.is_held_back) AS is_held_back, count(*) FILTER (a.assigned_on > $as_of - 28 AND a.assigned_on < $as_of) AS recent,
    min(a.assigned_on) AS first_on, coalesce(max(met.members), 0) AS members, coalesce(max(met.addressed), 0) AS addressed,
    coalesce(max(sent.delivered), 0) AS delivered, coalesce(max(seen.exposed), 0) AS exposed
FROM in_arm a LEFT JOIN met USING (test, arm) LEFT JOIN sent USING (test, arm) LEFT JOIN seen USING (test, arm)
GROUP BY a.test, a.arm
