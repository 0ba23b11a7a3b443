"""ADF."""

from pipelines.ingest.rows import RawRows
from schemas.contract import Feed


def adf_rows(feed: Feed, text: str) -> RawRows:
    """Rows."""
    raise NotImplementedError
