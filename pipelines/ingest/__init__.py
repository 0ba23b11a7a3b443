"""Ingestion: bytes of dropped files in, accepted rows, quarantined rows and file accounting out. No file is opened here."""

from pipelines.ingest.batch import ingest
from pipelines.ingest.document import feeds_page
from pipelines.ingest.files import DropFile, Ingested, claims, stamp_of

__all__ = ["DropFile", "Ingested", "claims", "feeds_page", "ingest", "stamp_of"]
