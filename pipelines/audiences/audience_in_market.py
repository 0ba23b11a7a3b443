"""The published audience of the segment in_market."""

from pipelines.audiences.published import published
from schemas.tables.audiences import AUDIENCE_IN_MARKET

STEP = published(AUDIENCE_IN_MARKET, "in_market")
