-- Whose touches they are: the window's records with their person, numbered in the order of person_id, and whether they count.
-- Inputs: touch_window, member, touch_exclusion.
SELECT member.record_id, member.person_id, CAST(dense_rank() OVER (ORDER BY member.person_id) AS INTEGER) AS person_no,
    member.record_id NOT IN (SELECT record_id FROM touch_exclusion) AS is_counted
FROM member
WHERE member.record_id IN (SELECT DISTINCT record_id FROM touch_window)
