"""The propensity to buy: what was known at the end of past days, a model learned from what followed, and how well it did.

`history` and the queries beside it say what was known; `training`, `model` and `calibration` learn; `quality` judges on later
days; `drivers` puts it into words; `daily` is the step. Points and tiers of intent are in pipelines/traits.
"""
