"""Touches by the million, made by a query: what many people do on the sites of a group, without a simulated world behind it.

A client is born on some day and comes back ever more seldom; a few vehicles get most of the views; one event in a hundred is
delivered one to three days late; every third touch repeats the one before it. One partition per day of delivery, as in the
lake. Every value follows from a touch's number.
"""

from datetime import date, timedelta
from pathlib import Path

import duckdb

DAYS = 548  # 18 months
TOUCHES_PER_RECORD = 10  # as in the simulated world of 4,000 people: 211,905 web touches of 20,872 clients
RECORDS_PER_PERSON = 1.2
LAST = date(2026, 11, 21)
# kinds by their share of a thousand, near those of the simulated world
KINDS = {
    "page_view": 280, "vdp_view": 255, "srp_view": 130, "media_view": 52, "service_visit": 43, "exposure": 30, "email_open": 25,
    "search_model": 25, "cta_click": 25, "third_party_vdp": 25, "third_party_search": 20, "payment_tool": 20, "form_start": 15,
    "configure": 10, "form_sales": 10, "lead": 9, "call_sales": 8, "lead_third_party": 6, "chat": 6, "form_trade": 6,
}  # fmt: skip
QUERY = """
COPY (
    WITH drawn AS (
        SELECT i, $kinds[1 + CAST(hash((i - i % 3 // 2) * 8 + 1) % 1000 AS BIGINT)] AS kind,
            hash(i // 5 * 8 + 2) % 1000003 / 1000003.0 AS u_visit,
            hash((i - i % 3 // 2) * 8 + 3) % 1000003 / 1000003.0 AS u_vehicle, hash(i * 8 + 4) % 86400 AS second,
            hash(i * 8 + 5) % 1000 AS lateness
        FROM range($first, $until) AS numbers(i)
    ),
    placed AS (
        SELECT *,
            CAST(greatest(0, ($day + 60 - 60 * pow(u_visit, 3)) * $records_per_day) AS BIGINT) AS record,
            CAST($vehicles * pow(u_vehicle, 3) AS BIGINT) AS vehicle,
            CAST(CASE WHEN lateness < 10 THEN 1 + lateness % 3 ELSE 0 END AS INTEGER) AS days_late,
            kind IN ('vdp_view', 'media_view', 'payment_tool', 'configure', 'cta_click', 'form_sales', 'third_party_vdp',
                'lead', 'lead_third_party', 'chat', 'service_visit') AS is_about_vehicle,
            CASE WHEN kind LIKE 'third_party%' THEN 'shopping_signals' WHEN kind LIKE 'lead%' THEN 'crm_leads'
                WHEN kind = 'call_sales' THEN 'call_tracking' WHEN kind = 'service_visit' THEN 'dms_service'
                WHEN kind = 'exposure' THEN 'campaign_exposures' WHEN kind = 'email_open' THEN 'email_status'
                ELSE 'web_events' END AS feed
        FROM drawn
    )
    SELECT
        'web_events:' || i AS touch_id,
        timezone('UTC', CAST($on_day AS TIMESTAMP) + to_days(-days_late) + to_seconds(CAST(second AS BIGINT))) AS occurred_at,
        feed, kind, 'web_events:' || record || '.1795' AS record_id,
        'R' || lpad(CAST(1 + vehicle % 12 AS VARCHAR), 2, '0') AS rooftop_id,
        record || '.' || $day AS session_id,
        CASE WHEN is_about_vehicle THEN '1HGCM8263' || lpad(CAST(vehicle AS VARCHAR), 8, '0') END AS vin,
        CASE WHEN is_about_vehicle THEN 2015 + vehicle % 12 END AS year,
        CASE WHEN is_about_vehicle THEN ['Acura', 'Mazda', 'Subaru', 'Toyota'][1 + vehicle % 4] END AS make,
        CASE WHEN is_about_vehicle THEN 'Model ' || vehicle % 25 END AS model,
        CASE WHEN is_about_vehicle THEN ['suv', 'sedan', 'truck', 'coupe'][1 + vehicle % 25 % 4] END AS body_style,
        CASE WHEN is_about_vehicle THEN ['new', 'used'][1 + vehicle % 2] END AS condition,
        CASE WHEN is_about_vehicle THEN CAST(15000 + vehicle * 7 % 400 * 100 AS DECIMAL(14, 2)) END AS price,
        'sales' AS department,
        ['google', 'direct', 'bing', 'newsletter'][1 + record % 4] AS source,
        CASE WHEN is_about_vehicle THEN 'item' ELSE 'list' END AS detail,
        CAST(NULL AS BIGINT) AS duration_seconds, false AS is_ads_denied
    FROM placed
    ORDER BY occurred_at, touch_id
) TO '{place}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)
"""


def write_touches(touches: int, folder: Path) -> list[Path]:
    """Write so many touches, one file per day of delivery: folder/touch/dt=YYYY-MM-DD/part-0.parquet. Returns the files."""
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    files = []
    with duckdb.connect(":memory:", config={"memory_limit": "2GB"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for number in range(DAYS):
            on_day = LAST - timedelta(days=DAYS - 1 - number)
            place = folder / "touch" / f"dt={on_day.isoformat()}" / "part-0.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            first, until = touches * number // DAYS, touches * (number + 1) // DAYS
            values = {"first": first, "until": until, "day": number, "on_day": on_day, "kinds": kinds}
            sizes = {"vehicles": max(2000, touches // 500), "records_per_day": touches / TOUCHES_PER_RECORD / DAYS}
            connection.execute(QUERY.replace("{place}", str(place)), {**values, **sizes})
            files.append(place)
    return files


def write_members(touches: int, folder: Path) -> Path:
    """Write whose records they are: folder/member.parquet, about one person for every 1.2 records. Returns the file."""
    place = folder / "member.parquet"
    records = int(touches / TOUCHES_PER_RECORD * (1 + 61 / DAYS)) + 1
    query = f"""
        COPY (
            SELECT 'web_events:' || i || '.1795' AS record_id,
                'p' || left(md5(CAST(CAST(i / {RECORDS_PER_PERSON} AS BIGINT) AS VARCHAR)), 20) AS person_id
            FROM range({records}) AS numbers(i) ORDER BY 1
        ) TO '{place}' (FORMAT parquet)
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute(query)
    return place
