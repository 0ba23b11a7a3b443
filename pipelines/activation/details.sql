-- What files for people carry beside identifiers, and who may not be called: one row per platform, cell and person.
-- Inputs: detail_member (platform, cell, person_id, state, purpose), audience_*, person, person_identifier, member, contact_record,
-- transaction, garage, and call_rule (state null: everywhere else; months, clock times), zip_zone (zip, time_zone).
-- The trigger is the last reason: rules say first who somebody is, then what has come up.
-- Parameters: $as_of date, $scrubbed_on date or null, $scrub_within int, $without_relationship bool, $move_update_days int.
WITH audience AS (
  FROM audience_conquest UNION ALL FROM audience_in_market UNION ALL FROM audience_loyalty
),
placed AS (
  SELECT passed.platform, passed.cell, passed.person_id, audience.rooftop_id, audience.message AS offer_code,
         list_extract(audience.reasons, -1).rule AS trigger
  FROM detail_member AS passed
  JOIN audience ON audience.person_id = passed.person_id AND starts_with(passed.cell, audience.cell)
  QUALIFY row_number() OVER (
    PARTITION BY passed.platform, passed.cell, passed.person_id ORDER BY length(audience.cell) DESC, audience.audience, audience.brand
  ) = 1
),
vehicle AS (
  SELECT person_id, year, make, model FROM garage SEMI JOIN detail_member USING (person_id)
  WHERE is_current AND licence_id IS NULL
  QUALIFY row_number() OVER (
    PARTITION BY person_id ORDER BY is_own_brand DESC, probability DESC, last_evidence_on DESC NULLS LAST, vin
  ) = 1
),
own_member AS (SELECT record_id, person_id FROM member SEMI JOIN detail_member USING (person_id)),
deal AS (
  SELECT person_id, max(occurred_on) AS deal_on
  FROM transaction JOIN own_member USING (record_id)
  WHERE CAST(kind AS VARCHAR) IN ('sale', 'lease', 'service') AND CAST(status AS VARCHAR) = 'closed' AND occurred_on <= $as_of
    AND coalesce(CAST(sale_type AS VARCHAR), 'retail') IN ('retail', 'lease')
  GROUP BY person_id
),
inquiry AS (
  SELECT person_id, max(last_seen_on) AS inquired_on
  FROM contact_record JOIN own_member USING (record_id)
  WHERE CAST(role AS VARCHAR) IN ('lead', 'caller') AND is_first_party AND last_seen_on <= $as_of
  GROUP BY person_id
),
home AS (
  SELECT person_id, max(own_last_seen_on) AS address_seen_on
  FROM person_identifier WHERE CAST(kind AS VARCHAR) = 'address' AND own_last_seen_on <= $as_of GROUP BY person_id
),
ruled AS (
  SELECT passed.*, placed.rooftop_id, placed.offer_code, placed.trigger,
    vehicle.year AS vehicle_year, vehicle.make AS vehicle_make, vehicle.model AS vehicle_model,
    zone.time_zone, home.address_seen_on,
    coalesce(own.call_from, other.call_from) AS call_from, coalesce(own.call_until, other.call_until) AS call_until,
    CAST(deal.deal_on + to_months(CAST(coalesce(own.transaction_months, other.transaction_months) AS INTEGER)) AS DATE) AS deal_until,
    CAST(inquiry.inquired_on + to_months(CAST(coalesce(own.inquiry_months, other.inquiry_months) AS INTEGER)) AS DATE) AS inquiry_until,
    $scrubbed_on IS NOT NULL AND $scrubbed_on <= $as_of AND $as_of - CAST($scrubbed_on AS DATE) <= $scrub_within AS is_scrubbed
  FROM detail_member AS passed
  LEFT JOIN placed USING (platform, cell, person_id)
  LEFT JOIN person USING (person_id)
  LEFT JOIN vehicle USING (person_id)
  LEFT JOIN deal USING (person_id)
  LEFT JOIN inquiry USING (person_id)
  LEFT JOIN home USING (person_id)
  LEFT JOIN zip_zone AS zone ON zone.zip = person.zip
  LEFT JOIN call_rule AS own ON own.state = passed.state
  LEFT JOIN call_rule AS other ON other.state IS NULL
),
judged AS (
  SELECT *, greatest(coalesce(deal_until, inquiry_until), coalesce(inquiry_until, deal_until)) AS until FROM ruled
)
SELECT platform, cell, person_id, rooftop_id, offer_code, trigger, CAST(vehicle_year AS VARCHAR) AS vehicle_year, vehicle_make,
  vehicle_model, time_zone, call_from, call_until, CAST(address_seen_on AS VARCHAR) AS address_seen_on,
  CASE WHEN address_seen_on IS NULL OR $as_of - address_seen_on > $move_update_days THEN 'needed' ELSE 'had from the person' END
    AS move_update,
  -- a relationship that ends on the day still opens it
  CASE WHEN until >= $as_of THEN CASE WHEN until = deal_until THEN 'transaction' ELSE 'inquiry' END END AS relationship,
  CASE WHEN until >= $as_of THEN CAST(until AS VARCHAR) END AS relationship_until,
  CASE WHEN is_scrubbed THEN CAST($scrubbed_on AS VARCHAR) END AS scrubbed_on,
  CASE
    WHEN purpose = 'phone' AND time_zone IS NULL THEN 'unknown_time_zone'
    WHEN purpose = 'phone' AND coalesce(until < $as_of, TRUE) AND NOT $without_relationship THEN 'no_relationship'
    WHEN purpose = 'phone' AND coalesce(until < $as_of, TRUE) AND NOT is_scrubbed THEN 'national_list_too_old'
  END AS cause
FROM judged ORDER BY platform, cell, person_id
