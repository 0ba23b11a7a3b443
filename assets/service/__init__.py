"""The pull interface: a small read-only HTTP service over the last published day. Nothing here makes or changes a table."""
