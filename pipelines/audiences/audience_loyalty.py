"""The published audience of the segment loyalty."""

from pipelines.audiences.published import published
from schemas.tables.audiences import AUDIENCE_LOYALTY

STEP = published(AUDIENCE_LOYALTY, "loyalty")
