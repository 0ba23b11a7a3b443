"""GA4 export, one JSON object per line, plain or gzip, with ASC (Automotive Standards Council) events.

The reader flattens an event: event_params become param.<key> (whichever value is set), the first item becomes item.<key>.
INT64 arrive as strings. Daily files are rewritten for up to three days; a repeated event changes nothing.
Parameters and top-level keys outside the declaration are known to vary by site and are not carried.
"""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="web_events",
    title="Web events",
    description="Website events of the GA4 export with the ASC names for vehicle pages, tools, forms and calls.",
    layout=Layout.GA4,
    fields=(
        Field("event_date", "event_date", description="YYYYMMDD in the property's time zone"),
        Field(
            "event_timestamp", "event_micros", Kind.INTEGER, required=True, minimum=0, description="microseconds since 1970 UTC"
        ),
        Field("event_name", "event_name", required=True),
        Field("event_bundle_sequence_id", "bundle_sequence_id", Kind.INTEGER),
        Field("batch_event_index", "batch_event_index", Kind.INTEGER),
        Field("user_pseudo_id", "user_pseudo_id", required=True, description="the client id"),
        Field("user_id", "web_user_id", description="hashed login id of the site"),
        Field("privacy_info.analytics_storage", "analytics_storage", description="Yes, No or Unset"),
        Field("privacy_info.ads_storage", "ads_storage", description="Yes, No or Unset; No keeps the client out of ads"),
        Field("device.category", "device_category"),
        Field("device.web_info.hostname", "hostname"),
        Field("geo.region", "geo_region"),
        Field("geo.metro", "geo_metro"),
        Field("traffic_source.source", "traffic_source"),
        Field("traffic_source.medium", "traffic_medium"),
        Field("stream_id", "stream_id"),
        Field("param.ga_session_id", "ga_session_id"),
        Field("param.page_type", "page_type"),
        Field("param.page_location", "page_location"),
        Field("param.affiliation", "affiliation"),
        Field("param.department", "department"),
        Field("param.comm_type", "comm_type"),
        Field("param.comm_status", "comm_status"),
        Field("param.form_name", "form_name"),
        Field("param.form_type", "form_type"),
        Field("param.flow_name", "flow_name"),
        Field("param.flow_outcome", "flow_outcome"),
        Field("param.element_text", "element_text"),
        Field("param.search_term", "search_term"),
        Field("param.lead_key", "lead_key", description="first-party submit key: hashed e-mail of a form, SHA-256 hex"),
        Field(
            "param.ip_hash",
            "ip_hash",
            is_personal=True,
            description="keyed hash of the visitor's address, added by server-side tagging; optional",
        ),
        Field(
            "param.geo_zip",
            "geo_zip",
            is_personal=True,
            description="ZIP of that address, added by server-side tagging; optional",
        ),
        Field("param.gpc", "gpc", description="1 where the browser sent Global Privacy Control"),
        Field("item.item_id", "item_vin", Kind.VIN),
        Field("item.item_number", "item_stock"),
        Field("item.item_price", "item_price", description="text as sent; read as money where it is money"),
        Field("item.item_condition", "item_condition"),
        Field("item.item_year", "item_year"),
        Field("item.item_make", "item_make"),
        Field("item.item_model", "item_model"),
        Field("item.item_category", "item_category", description="body style"),
    ),
    key=("user_pseudo_id", "event_micros", "event_name", "bundle_sequence_id", "batch_event_index", "item_vin"),
    file_name=r"(?i)^(events|ga4).*\.(ndjson|jsonl|json)(\.gz)?$",
    example="events_20261121.ndjson.gz",
    history="event",
    has_public_layout=True,
    repeat_days=4,  # daily tables are updated for up to three days after the event date
    watched={"ga_session_id": 0.5, "stream_id": 0.9},
)
