"""Stage `measurement`: figures of each segment beside the plan. A module with STEP makes tables."""
