"""scoring.yaml, propensity: when a model may speak, and how often it is learned anew."""

from pydantic import Field

from schemas.policy.base import PolicyModel


class PropensityPolicy(PolicyModel):
    """The propensity to buy within 30 and 90 days. Below these limits the weighted intent score stands in for it."""

    is_on: bool = Field(default=True, description="off: the weighted score stands in for every day")
    min_positives: int = Field(
        default=100, ge=30, le=100_000, description="people who bought, to learn from (Segment asks for 100)"
    )
    min_negatives: int = Field(default=100, ge=30, le=1_000_000, description="people who did not (Segment asks for 100)")
    min_auc: float = Field(default=0.70, ge=0.5, le=0.99, description="on later days; 0.7 is acceptable (Hosmer and Lemeshow)")
    calibration_tolerance: float = Field(
        default=0.20, gt=0, le=1, description="a tenth may differ so much from what followed, and by what chance explains"
    )
    min_purchases_judged: int = Field(
        default=25, ge=10, le=10_000, description="purchases expected or seen below which a tenth says nothing"
    )
    retrain_days: int = Field(default=28, ge=1, le=366, description="days that a model stays in force")
    step_days: int = Field(default=30, ge=7, le=90, description="days between the past days that it learns from")
    train_days: int = Field(default=365, ge=60, le=3660, description="how far back those days reach from the first kept back")
    judged_days: int = Field(default=90, ge=30, le=366, description="latest days kept back to judge it, as many to calibrate it")
    excluded_features: tuple[str, ...] = Field(
        default=(), description="features of schemas/vocabulary_propensity.py that the model must do without"
    )
