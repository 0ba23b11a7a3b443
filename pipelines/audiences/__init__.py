"""Stage `audiences`: candidates, rules, arbitration, hold-outs, membership and its changes. A module with STEP makes tables."""
