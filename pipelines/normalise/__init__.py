"""Raw values to standard ones, with a verdict on each: one module per kind of value, distinct values only."""
