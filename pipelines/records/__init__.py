"""Stage `records`: every feed in one common schema."""
