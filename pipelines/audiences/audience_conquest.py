"""The published audience of the segment conquest."""

from pipelines.audiences.published import published
from schemas.tables.audiences import AUDIENCE_CONQUEST

STEP = published(AUDIENCE_CONQUEST, "conquest")
