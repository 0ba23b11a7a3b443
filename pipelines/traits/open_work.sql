-- Recommended work that was not done since: one row per person and vehicle with the operations and the last day one was named.
-- Inputs: visit (visit.sql), transaction; work(raw, word): each operation's text or code and the kind of work that policy
--         knows it as, else itself in upper case. Parameters: $as_of date; $months for which a recommendation stays open.
-- Done is done: on whoever's order, at any rooftop, under another code or wording of the same kind of work. On the order that
-- recommends it only the same code or wording counts, for brakes in front may be recommended while those behind are done.
WITH recommended AS (
    -- A code and its text stand at the same place where there are as many of both; the text says more than the code.
    SELECT DISTINCT
        person_id, vin, transaction_id, occurred_on, upper(trim(op)) AS op,
        coalesce(CASE WHEN len(recommended_texts) = len(recommended_ops) THEN recommended_texts[place] END, op) AS said
    FROM (
        SELECT *, unnest(recommended_ops) AS op, generate_subscripts(recommended_ops, 1) AS place
        FROM visit
        WHERE occurred_on + INTERVAL ($months) MONTH > $as_of
    )
    WHERE trim(op) <> ''
),
asked AS (
    SELECT recommended.*, coalesce(by_text.word, by_code.word, upper(trim(said))) AS word, upper(trim(said)) AS said_plain
    FROM recommended
    LEFT JOIN work AS by_text ON by_text.raw = recommended.said AND by_text.is_known
    LEFT JOIN work AS by_code ON by_code.raw = recommended.op AND by_code.is_known
),
operation AS (
    SELECT vin, transaction_id, occurred_on, unnest(list_concat(op_codes, coalesce(op_texts, []))) AS op
    FROM "transaction"
    WHERE kind = 'service' AND status <> 'cancelled' AND occurred_on <= $as_of AND vin IN (SELECT vin FROM asked)
),
done AS (
    SELECT operation.*, upper(trim(operation.op)) AS plain, coalesce(work.word, upper(trim(operation.op))) AS word
    FROM operation LEFT JOIN work ON work.raw = operation.op
    WHERE trim(operation.op) <> ''
)
SELECT asked.person_id, asked.vin, list(DISTINCT asked.op ORDER BY asked.op) AS operations, max(asked.occurred_on) AS recommended_on
FROM asked
WHERE NOT EXISTS (
    FROM done
    WHERE done.vin = asked.vin AND done.occurred_on >= asked.occurred_on
        AND (
            done.plain IN (asked.op, asked.said_plain)
            OR (done.word = asked.word AND done.transaction_id <> asked.transaction_id)
        )
)
GROUP BY asked.person_id, asked.vin
