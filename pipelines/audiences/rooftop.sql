-- The rooftop that policy gives each person, before its capacity is looked at; one row per person who has a brand.
-- Inputs: contender, brand_choice, interest, rooftop_card(rooftop_id, market, market_code, brand). The order of choice stands in the marked place.
WITH owner AS (
    SELECT c.*,
        -- Who knows the vehicle; for somebody who shops or is to be won only where that is in the same market as the nearest one.
        CASE WHEN c.segment = 'loyalty' OR s.market = c.market THEN c.service_rooftop_id END AS garage_rooftop_id,
        l.rooftop_id AS interest_rooftop_id
    FROM brand_choice b
    JOIN contender c ON c.audience = b.audience AND c.person_id = b.person_id AND c.brand = b.brand
    LEFT JOIN rooftop_card s ON s.rooftop_id = c.service_rooftop_id
    LEFT JOIN interest i ON i.person_id = c.person_id
    LEFT JOIN rooftop_card l ON l.rooftop_id = i.top_rooftop_id AND l.brand = c.brand AND l.market = c.market
    WHERE b.cause IS NULL AND b.audience = b.owner
),
own AS (SELECT *, /* own_choice */ AS own_rooftop_id FROM owner),
home AS (
    SELECT home_id, brand, own_rooftop_id AS home_rooftop_id FROM own WHERE own_rooftop_id IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY home_id, brand ORDER BY segment_rank, priority, score DESC NULLS LAST, person_id
    ) = 1
)
SELECT o.person_id, o.brand, o.segment, o.zip, o.market, o.segment_rank, o.priority, o.score, /* choice */ AS rooftop_id
FROM own o LEFT JOIN home h ON h.home_id = o.home_id AND h.brand = o.brand
