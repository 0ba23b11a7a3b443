-- Leads that are a form sent on our own site, come back as a lead of that site: of the same person and rooftop, on the same local day
-- or so few minutes after it. A form or lead that names no rooftop fits any.
-- Inputs: touch_day, touch_shopper (those left out too); policy frame intent_weight(kind, kind_no). Parameters:
-- $lead_after_form_minutes; $starts_on, $as_of: the window.
WITH told AS (
    SELECT touch_shopper.person_no, touch_day.record_id, touch_day.kind, touch_day.rooftop_id,
        CAST(date_diff('day', touch_day.local_day, $as_of) AS SMALLINT) AS age_days,
        first_minute - date_diff('day', touch_day.local_day, $as_of) * 1440 AS first_at,
        last_minute - date_diff('day', touch_day.local_day, $as_of) * 1440 AS last_at
    FROM touch_day
    JOIN touch_shopper USING (record_id)
    WHERE touch_day.local_day BETWEEN $starts_on AND $as_of
        AND touch_day.kind IN ('lead', 'form_sales', 'form_trade', 'form_credit', 'form_test_drive')
        AND touch_day.kind IN (SELECT kind FROM intent_weight)
)
SELECT DISTINCT lead.record_id, lead.age_days
FROM told AS lead
JOIN told AS form ON form.person_no = lead.person_no
WHERE lead.kind = 'lead' AND form.kind <> 'lead'
    AND (form.rooftop_id = lead.rooftop_id OR form.rooftop_id IS NULL OR lead.rooftop_id IS NULL)
    AND (form.age_days = lead.age_days
        OR (lead.first_at >= form.first_at AND lead.first_at <= form.last_at + $lead_after_form_minutes))
