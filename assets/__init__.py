"""The top floor: when and where. The only floor with Dagster, files, the clock and the environment."""
