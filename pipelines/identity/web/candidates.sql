-- Who an anonymous or labelled client could belong to: people of the homes whose known clients share a network with it.
-- Inputs: web_network, asking [record_id, owner] (owner null where not known), known [record_id, person_id], people
-- [person_id, household_id], activity [person_id, record_id, on_day], own_evidence [record_id, told_by], client_day
-- [record_id, on_day]. Parameters: max_clients, max_people.
-- A labelled client is judged as if nobody knew it: its own row and the records by which it is known are left out.
WITH fanout AS (
    SELECT ip_hash, count(*) AS clients FROM web_network GROUP BY ip_hash HAVING count(*) BETWEEN 2 AND $max_clients
),
home AS (
    SELECT person_id, household_id, count(*) OVER (PARTITION BY household_id) AS size FROM people
),
met AS (
    SELECT asking.record_id, fanout.clients, other.person_id AS seen_person, home.household_id,
        greatest(0, date_diff('day', theirs.last_on, mine.first_on), date_diff('day', mine.last_on, theirs.first_on)) AS gap_days
    FROM asking
    JOIN web_network AS mine ON mine.record_id = asking.record_id
    JOIN fanout ON fanout.ip_hash = mine.ip_hash
    JOIN web_network AS theirs ON theirs.ip_hash = mine.ip_hash AND theirs.record_id <> mine.record_id
    JOIN known AS other ON other.record_id = theirs.record_id
    JOIN home ON home.person_id = other.person_id
    WHERE home.size <= $max_people
),
pair AS (
    SELECT met.record_id, home.person_id, home.household_id, min(met.clients) AS clients,
        arg_min(met.gap_days, (met.clients, met.gap_days)) AS gap_days,
        bool_or(met.seen_person = home.person_id) AS is_self
    FROM met JOIN home ON home.household_id = met.household_id
    GROUP BY ALL
),
near AS (
    SELECT pair.record_id, pair.person_id, min(abs(date_diff('day', activity.on_day, client_day.on_day))) AS days_apart
    FROM pair
    JOIN activity ON activity.person_id = pair.person_id
    JOIN client_day ON client_day.record_id = pair.record_id
    LEFT JOIN own_evidence ON own_evidence.record_id = pair.record_id AND own_evidence.told_by = activity.record_id
    WHERE own_evidence.record_id IS NULL
    GROUP BY ALL
)
SELECT pair.*, near.days_apart FROM pair LEFT JOIN near USING (record_id, person_id) ORDER BY record_id, person_id
