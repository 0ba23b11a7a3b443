-- Counts that the circuit breaker judges, per platform and cell, and per platform (cell *). Inputs: change_row (platform, cell,
-- person_id, action, is_held, goes_at_once: what would be asked without the breaker), allowed (platform, cell, person_id, identifiers;
-- null: none that may go), previous_delivered, judged_cell (platform, cell: those that policy still names), strong_kind (platform, kinds).
-- Of a platform only the cells count that are held there already: a cell that starts is no movement.
WITH change AS (
  SELECT platform, cell, person_id, is_held, action <> 'remove' AS stays, action = 'remove' AND goes_at_once AS goes
  FROM change_row SEMI JOIN judged_cell USING (platform, cell)
),
known AS (SELECT DISTINCT platform, cell FROM change WHERE is_held),
levelled AS (
  SELECT platform, cell, person_id, is_held, stays, goes FROM change
  UNION ALL
  SELECT platform, '*', person_id, bool_or(is_held), bool_or(stays), bool_or(goes) AND NOT bool_or(stays)
  FROM change SEMI JOIN known USING (platform, cell) GROUP BY platform, person_id
),
size AS (
  SELECT platform, cell, count(*) FILTER (is_held) AS held, count(*) FILTER (is_held AND goes) AS gone_at_once,
    count(*) FILTER (stays) AS stay, count(*) FILTER (is_held AND NOT stays AND NOT goes) AS removed
  FROM levelled GROUP BY platform, cell
),
cells_of AS (SELECT platform, person_id, count(*) AS cells FROM change WHERE stays GROUP BY platform, person_id),
overlap AS (
  SELECT platform, cell, count(*) FILTER (cells > 1) AS twice FROM change JOIN cells_of USING (platform, person_id)
  WHERE stays GROUP BY platform, cell
  UNION ALL
  SELECT platform, '*', count(*) FILTER (cells > 1) FROM cells_of GROUP BY platform
),
told AS (
  SELECT platform, cell, person_id, identifiers,
    list_has_any(list_transform(coalesce(identifiers, []), lambda x: split_part(x, ':', 1)), kinds) AS is_strong
  FROM allowed JOIN strong_kind USING (platform) SEMI JOIN judged_cell USING (platform, cell)
),
held_before AS (
  SELECT platform, cell, person_id, identifiers,
    list_has_any(list_transform(identifiers, lambda x: split_part(x, ':', 1)), kinds) AS was_strong
  FROM previous_delivered JOIN strong_kind USING (platform) SEMI JOIN judged_cell USING (platform, cell)
),
quality AS (
  SELECT told.platform, unnest([told.cell, '*']) AS cell, is_strong, was_strong, told.identifiers AS now_sent,
    held_before.identifiers AS was_sent
  FROM told LEFT JOIN held_before USING (platform, cell, person_id)
),
judged AS (
  SELECT platform, cell, count(now_sent) AS sendable, count(*) FILTER (now_sent IS NOT NULL AND NOT is_strong) AS weak,
    count(*) FILTER (was_strong) AS had_strong, count(*) FILTER (was_strong AND NOT is_strong) AS lost_strong,
    count(was_sent) AS both_times, coalesce(sum(len(now_sent)) FILTER (was_sent IS NOT NULL), 0) AS identifiers_now,
    coalesce(sum(len(was_sent)), 0) AS identifiers_before
  FROM quality GROUP BY platform, cell
),
earlier AS (
  SELECT platform, unnest([cell, '*']) AS cell, was_strong FROM held_before
),
before AS (SELECT platform, cell, count(*) AS was_held, count(*) FILTER (NOT was_strong) AS was_weak FROM earlier GROUP BY platform, cell)
SELECT coalesce(size.platform, judged.platform) AS platform, coalesce(size.cell, judged.cell) AS cell,
  coalesce(held, 0) AS held, coalesce(gone_at_once, 0) AS gone_at_once, coalesce(stay, 0) AS stay, coalesce(removed, 0) AS removed,
  coalesce(twice, 0) AS twice, coalesce(sendable, 0) AS sendable, coalesce(weak, 0) AS weak,
  coalesce(was_held, 0) AS was_held, coalesce(was_weak, 0) AS was_weak,
  coalesce(had_strong, 0) AS had_strong, coalesce(lost_strong, 0) AS lost_strong, coalesce(both_times, 0) AS both_times,
  coalesce(identifiers_now, 0) AS identifiers_now, coalesce(identifiers_before, 0) AS identifiers_before
FROM size FULL JOIN judged ON judged.platform = size.platform AND judged.cell = size.cell
LEFT JOIN overlap ON overlap.platform = size.platform AND overlap.cell = size.cell
LEFT JOIN before ON before.platform = judged.platform AND before.cell = judged.cell
ORDER BY platform, cell
