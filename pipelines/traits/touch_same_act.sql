-- Leads that are a form sent on our own site, come back as a lead of that site: of the same person and rooftop, on the same local day
-- or so few minutes after it. A form or lead that names no rooftop fits any.
-- Inputs: touch_window, touch_shopper (those left out too); policy frame intent_weight(kind, kind_no). Parameter: $lead_after_form_minutes.
WITH told AS (
    SELECT touch_shopper.person_no, touch_window.record_id, intent_weight.kind, touch_window.rooftop_id, touch_window.age_days,
        first_minute - CAST(age_days AS INTEGER) * 1440 AS first_at, last_minute - CAST(age_days AS INTEGER) * 1440 AS last_at
    FROM touch_window
    JOIN intent_weight USING (kind_no)
    JOIN touch_shopper USING (record_id)
    WHERE intent_weight.kind IN ('lead', 'form_sales', 'form_trade', 'form_credit', 'form_test_drive')
)
SELECT DISTINCT lead.record_id, lead.age_days
FROM told AS lead
JOIN told AS form ON form.person_no = lead.person_no
WHERE lead.kind = 'lead' AND form.kind <> 'lead'
    AND (form.rooftop_id = lead.rooftop_id OR form.rooftop_id IS NULL OR lead.rooftop_id IS NULL)
    AND (form.age_days = lead.age_days
        OR (lead.first_at >= form.first_at AND lead.first_at <= form.last_at + $lead_after_form_minutes))
