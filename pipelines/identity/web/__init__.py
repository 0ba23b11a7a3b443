"""Whose device a web client is.

evidence (what a client said about its user) -> attach (the one person it can mean, or nobody).
client (where, when and with what a client was seen) -> candidates, fields and model (who it could be, and how likely).
"""
