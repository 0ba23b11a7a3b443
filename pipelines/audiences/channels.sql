-- Each channel of each person goes to one audience: the first by segment, then by number, then by name.
-- Inputs: contender, brand_choice(audience, person_id, brand, owner, owner_brand, cause), audience_channel(audience, brand, channel,
--         position), person_identifier. Parameter: $as_of date.
-- One row per audience, person and channel of those who are left after the choice of the brand; cause null: it has the channel.
WITH permitted AS (
    -- What a licence in force permits, per person who is known under it.
    SELECT person_id, licence_id, list_distinct(flatten(list(permitted_channels))) AS channels
    FROM person_identifier
    WHERE licence_id IS NOT NULL AND permitted_channels IS NOT NULL AND licence_expires_on >= $as_of
    GROUP BY person_id, licence_id
),
claim AS (
    SELECT c.*, p.channel, p.position,
        CASE WHEN NOT c.is_first_party AND NOT list_contains(coalesce(q.channels, []), p.channel) THEN 'licence' END AS barred
    FROM contender c
    JOIN brand_choice b ON b.audience = c.audience AND b.person_id = c.person_id AND b.brand = c.brand AND b.cause IS NULL
    JOIN audience_channel p ON p.audience = c.audience AND p.brand = c.brand
    LEFT JOIN permitted q ON q.person_id = c.person_id AND q.licence_id = c.licence_id
),
winner AS (
    SELECT * FROM claim WHERE barred IS NULL
    QUALIFY row_number() OVER (PARTITION BY person_id, channel ORDER BY segment_rank, priority, audience) = 1
)
SELECT c.audience, c.person_id, c.brand, c.channel, c.position,
    CASE
        WHEN c.barred IS NOT NULL THEN c.barred
        WHEN c.audience = w.audience THEN NULL
        WHEN c.segment_rank <> w.segment_rank THEN 'segment_priority'
        WHEN c.priority <> w.priority THEN 'audience_priority'
        ELSE 'audience_name'
    END AS cause,
    CASE WHEN c.barred IS NULL AND c.audience <> w.audience THEN w.audience END AS winner
FROM claim c LEFT JOIN winner w USING (person_id, channel)
