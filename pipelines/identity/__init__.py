"""Who is who: records into persons, persons into households, vehicles into garages.

The engine is `linkage`: it compares records, learns what each agreement is worth and clusters. `resolve` is its entry for any
file, `update` takes a day's changes, `explain` tells why. The product's day (`daily`) goes encode and fanout (what is
everybody's identifies nobody) -> linkable (profiles) -> clusters (the engine, with the state of the day before) -> nameless and
web.attach (callers, shoppers, web clients) -> whole (orders of a steward) -> persons (stable ids and events) -> survive,
households, garage. `health` and `drift` say whether the day can be trusted.
"""

from pipelines.identity.resolve import Resolution, resolve

__all__ = ["Resolution", "resolve"]
