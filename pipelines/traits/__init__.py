"""Traits: what is known about a person, or a vehicle they hold, as of the day.

One module per table; the folder is the registry.
"""
