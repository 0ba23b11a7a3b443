"""Hold-outs and tests: who is in which arm, which ZIPs stay dark, what an arm changes, and whether it can show anything."""
