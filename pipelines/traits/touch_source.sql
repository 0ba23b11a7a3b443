-- The sources of the window's touches, numbered. The website, the call log: one source each; of leads and of third-party signals each
-- provider. Inputs: touch_window; policy frame source_cap(feed, per_day, in_all).
-- has_other: touches of the kind come from other sources too, so that they share the kind's cap on a day.
WITH told AS (
    SELECT DISTINCT feed, source, kind_no,
        CASE WHEN feed IN ('crm_leads', 'shopping_signals') THEN feed || ':' || lower(source) ELSE feed END AS label
    FROM touch_window
),
numbered AS (
    SELECT *, CAST(dense_rank() OVER (ORDER BY label) AS SMALLINT) AS source_no FROM told
)
SELECT
    numbered.feed, numbered.source, numbered.kind_no, numbered.source_no, source_cap.per_day, source_cap.in_all,
    min(source_no) OVER of_kind <> max(source_no) OVER of_kind AS has_other
FROM numbered
LEFT JOIN source_cap ON source_cap.feed = numbered.feed
WINDOW of_kind AS (PARTITION BY numbered.kind_no)
