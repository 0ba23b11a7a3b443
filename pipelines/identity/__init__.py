"""Who is who: records into persons, persons into households, vehicles into garages.

encode (records into codes) -> block (who meets whom) -> compare (how names agree) -> rules (which meetings are edges)
-> cluster and constrain (edges into clusters) -> persons (stable ids and events) -> survive, households, garage.
Comparing and rules can be replaced by a learned model without touching what comes before or after.
"""
