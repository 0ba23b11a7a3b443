"""Ingestion: bytes of dropped files in, accepted rows, quarantined rows and file accounting out. No file is opened here."""

from pipelines.ingest.batch import ingest
from pipelines.ingest.files import DropFile, Ingested, claims, stamp_of

__all__ = ["DropFile", "Ingested", "claims", "ingest", "stamp_of"]
