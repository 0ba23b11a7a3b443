"""WHAT: contracts of tables, feeds, platforms and policy. No I/O, no orchestrator."""
