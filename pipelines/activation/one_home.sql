-- Who is the one of a household that a mail house gets: whoever it has already, else the first by cell and person.
-- Inputs: home_member (platform, cell, person_id), person, previous_delivered. A person without a household is a home alone.
SELECT member.platform, member.cell, member.person_id
FROM home_member AS member
LEFT JOIN person USING (person_id)
LEFT JOIN previous_delivered AS before
  ON before.platform = member.platform AND before.cell = member.cell AND before.person_id = member.person_id
QUALIFY row_number() OVER (
  PARTITION BY member.platform, coalesce(person.household_id, member.person_id)
  ORDER BY before.person_id IS NULL, member.cell, member.person_id
) > 1
ORDER BY ALL
