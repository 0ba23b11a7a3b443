"""GA4."""

from pipelines.ingest.rows import RawRows
from schemas.contract import Feed


def ga4_rows(feed: Feed, text: str) -> RawRows:
    """Rows."""
    raise NotImplementedError
