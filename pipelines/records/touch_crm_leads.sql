-- Leads of the day. Inputs: crm_leads (day), own_source [name] of the group's own sites, in lower case.
SELECT
    'crm_leads' AS feed,
    row_key,
    epoch_us(requested_at) AS micros,
    CASE
        WHEN provider_name IS NULL OR lower(trim(provider_name)) IN (SELECT name FROM own_source) THEN 'lead'
        WHEN regexp_matches(lower(provider_name), 'manufacturer|oem') THEN 'lead_third_party'
        WHEN regexp_matches(lower(provider_name), '(rooftop|dealer|dealership|own|web) ?site|walk.?in|showroom|crm') THEN 'lead'
        ELSE 'lead_third_party'
    END AS kind,
    'crm_leads:' || row_key || ':lead' AS record_id,
    'vendor:' || lower(trim(vendor_name)) AS rooftop_ref,
    'vendor:' || lower(trim(vendor_id)) AS rooftop_ref_2,
    vin,
    year AS year_said,
    lower(trim(make)) AS make_said,
    lower(trim(model)) AS model_said,
    condition AS condition_said,
    price,
    CASE WHEN interest IN ('sell', 'trade-in') THEN 'trade' ELSE 'sales' END AS department_said,
    provider_name AS source,
    interest AS detail,
    false AS is_ads_denied
FROM crm_leads
WHERE NOT is_superseded
