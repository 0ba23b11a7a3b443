-- The last move of each person. Inputs: address_of(person_id, home, zip, first_seen_on, last_seen_on), person,
--         zip_miles(from_zip, to_zip, miles). Parameter: $as_of date.
-- Two homes that overlap in time are two homes: a move is a new one first seen after the last sight of the one before.
WITH newest AS (
    SELECT * FROM address_of
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY last_seen_on DESC, first_seen_on DESC, home) = 1
),
told AS (
    SELECT
        newest.person_id, newest.first_seen_on AS moved_on, old.last_seen_on AS moved_after, 'records' AS basis, miles.miles
    FROM newest
    JOIN address_of AS old
        ON old.person_id = newest.person_id AND old.home <> newest.home
    LEFT JOIN zip_miles AS miles ON miles.from_zip = old.zip AND miles.to_zip = newest.zip
    QUALIFY row_number() OVER (PARTITION BY newest.person_id ORDER BY old.last_seen_on DESC, old.home) = 1
),
appended AS (
    SELECT person_id, try_cast(split_part(stated, '@', 2) AS DATE) AS moved_on
    FROM (SELECT person_id, unnest(life_events) AS stated FROM person)
    WHERE split_part(stated, '@', 1) = 'move'
),
moved AS (
    SELECT person_id, moved_on, moved_after, basis, miles AS miles_moved FROM told WHERE moved_after < moved_on
    UNION ALL
    SELECT person_id, moved_on, NULL, 'append', NULL FROM appended WHERE moved_on <= $as_of
)
SELECT person_id, moved_on, moved_after, basis, miles_moved
FROM moved
QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY moved_on DESC, basis) = 1
ORDER BY person_id
