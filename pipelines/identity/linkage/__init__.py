"""Linking records of any columns: what a model file declares becomes codes, pairs, patterns, a model of three classes, clusters.

encode (texts into codes) -> keys, pairs (who meets whom) -> compare (levels of agreement) -> em (what agreement is worth)
-> score (posteriors) -> refine (clusters). Nothing here knows a dealer; nothing depends on the order of rows or on threads.
"""
