"""Stage `reports`: pages for people, made from aggregates. Frames in, HTML out; no personal data."""
