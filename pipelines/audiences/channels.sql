-- Each channel of each person goes to one audience: the first by segment, then by number, then by name. Then households are limited.
-- Inputs: contender, allotment, audience_channel(audience, brand, channel, position), person_identifier, suppression, candidate, contact;
--         channel_tier(channel, tiers), contact_limit(channel, contacts, window_days, home_contacts, home_window_days).
-- Parameter: $as_of date.
-- One row per audience, person and channel of those who are left after brand and rooftop; cause null: the audience has the channel.
WITH permitted AS (
    -- What a licence in force permits, per person who is known under it.
    SELECT person_id, licence_id, list_distinct(flatten(list(permitted_channels))) AS channels
    FROM person_identifier
    WHERE licence_id IS NOT NULL AND permitted_channels IS NOT NULL AND licence_expires_on >= $as_of
    GROUP BY person_id, licence_id
),
refused AS (SELECT DISTINCT person_id, CAST(purpose AS VARCHAR) AS channel FROM suppression),
-- One contact may be told by several sources: the one that tells of most speaks.
told AS (
    SELECT t.person_id, t.channel, t.source, sum(t.contacts) AS contacts
    FROM contact t JOIN contact_limit l USING (channel)
    WHERE t.contacted_on > $as_of - CAST(l.window_days AS INTEGER) AND t.contacted_on <= $as_of
    GROUP BY ALL
),
spent AS (
    SELECT DISTINCT t.person_id, t.channel FROM told t JOIN contact_limit l USING (channel) WHERE t.contacts >= l.contacts
),
home AS (SELECT DISTINCT person_id, coalesce(household_id, person_id) AS home_id FROM candidate),
-- What reaches a whole household at once is one contact of it.
home_contact AS (
    SELECT h.home_id, t.channel, t.source, t.contact_id, max(t.contacts) AS contacts
    FROM contact t JOIN home h USING (person_id) JOIN contact_limit l USING (channel)
    WHERE t.contacted_on > $as_of - CAST(l.home_window_days AS INTEGER) AND t.contacted_on <= $as_of
    GROUP BY ALL
),
home_spent AS (
    SELECT home_id, channel, max(contacts) AS contacts
    FROM (SELECT home_id, channel, source, sum(contacts) AS contacts FROM home_contact GROUP BY ALL) GROUP BY ALL
),
claim AS (
    SELECT c.*, p.channel, p.position, l.home_contacts - coalesce(y.contacts, 0) AS home_left,
        CASE
            WHEN NOT c.is_first_party AND NOT list_contains(coalesce(q.channels, []), p.channel) THEN 'licence'
            WHEN r.person_id IS NOT NULL THEN 'opted_out'
            WHEN t.channel IS NOT NULL AND NOT list_contains(t.tiers, c.identity_tier) THEN 'identity_tier'
            WHEN x.person_id IS NOT NULL THEN 'contact_budget'
            WHEN home_left <= 0 THEN 'household_budget'
        END AS barred
    FROM contender c
    JOIN allotment b ON b.audience = c.audience AND b.person_id = c.person_id AND b.brand = c.brand AND b.cause IS NULL
    JOIN audience_channel p ON p.audience = c.audience AND p.brand = c.brand
    LEFT JOIN permitted q ON q.person_id = c.person_id AND q.licence_id = c.licence_id
    LEFT JOIN refused r ON r.person_id = c.person_id AND r.channel = p.channel
    LEFT JOIN channel_tier t ON t.channel = p.channel
    LEFT JOIN spent x ON x.person_id = c.person_id AND x.channel = p.channel
    LEFT JOIN contact_limit l ON l.channel = p.channel
    LEFT JOIN home_spent y ON y.home_id = c.home_id AND y.channel = p.channel
),
winner AS (
    SELECT * FROM claim WHERE barred IS NULL
    QUALIFY row_number() OVER (PARTITION BY person_id, channel ORDER BY segment_rank, priority, audience) = 1
),
-- Of a household those who can be reached come first, then by priority, score and id.
at_home AS (
    SELECT *, row_number() OVER (
        PARTITION BY home_id, channel
        ORDER BY CASE channel WHEN 'email' THEN has_email WHEN 'mail' THEN has_address ELSE TRUE END DESC,
            segment_rank, priority, score DESC NULLS LAST, person_id
    ) AS turn
    FROM winner
),
first_at_home AS (SELECT home_id, channel, audience, person_id FROM at_home WHERE turn = 1)
SELECT c.audience, c.person_id, c.brand, c.channel, c.position,
    CASE
        WHEN c.barred IS NOT NULL THEN c.barred
        WHEN w.turn > w.home_left THEN 'household_cap'
        WHEN c.audience = w.audience THEN NULL
        WHEN c.segment_rank <> w.segment_rank THEN 'segment_priority'
        WHEN c.priority <> w.priority THEN 'audience_priority'
        ELSE 'audience_name'
    END AS cause,
    CASE
        WHEN c.barred IS NOT NULL THEN NULL
        WHEN w.turn > w.home_left THEN f.audience
        WHEN c.audience <> w.audience THEN w.audience
    END AS winner,
    CASE WHEN c.barred IS NULL AND w.turn > w.home_left THEN f.person_id END AS winner_person_id
FROM claim c
LEFT JOIN at_home w ON w.person_id = c.person_id AND w.channel = c.channel
LEFT JOIN first_at_home f ON f.home_id = c.home_id AND f.channel = c.channel
