"""Delivery: the day's bodies to folders, servers and platforms, with a journal, receipts and ledgers."""
