"""Consent, normalising, hashing and the files that leave the house. What a platform takes is declared in schemas/platforms."""
