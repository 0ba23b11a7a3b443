-- Postcodes without a place, with how many records and people give them. Inputs: contact_record, member;
--         frame postcode(zip_raw, zip, reason). Parameter: $as_of date.
SELECT postcode.zip, postcode.reason, count(*) AS records, count(DISTINCT coalesce(member.person_id, contact_record.record_id)) AS people
FROM contact_record
JOIN postcode ON postcode.zip_raw = contact_record.zip_raw
LEFT JOIN member ON member.record_id = contact_record.record_id
WHERE contact_record.created_on <= $as_of
GROUP BY postcode.zip, postcode.reason
ORDER BY postcode.zip
