"""The door of the model: what it may look at. Names that are not on the closed list stop the run."""

from collections.abc import Iterable

from schemas.names import nearest_of
from schemas.policy.propensity import PropensityPolicy
from schemas.vocabulary_propensity import FEATURES


class FeatureNotAllowedError(ValueError):
    """Something that is not on the closed list was about to reach the model."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        near = {one for name in self.names if (one := nearest_of(name, FEATURES))}
        hint = f"; nearest: {', '.join(sorted(near))}" if near else ""
        super().__init__(
            f"propensity: {', '.join(self.names)} may not reach the model; only the features listed in "
            f"schemas/vocabulary_propensity.py may{hint}. Take it out of pipelines/propensity/features.sql"
        )


def allowed_features(policy: PropensityPolicy) -> tuple[str, ...]:
    """The closed list less what policy leaves out, in the list's order. FeatureNotAllowedError for a name not on the list."""
    refuse_others(policy.excluded_features)
    return tuple(name for name in FEATURES if name not in policy.excluded_features)


def refuse_others(names: Iterable[str]) -> None:
    """FeatureNotAllowedError where a name is not on the closed list."""
    if other := set(names) - set(FEATURES):
        raise FeatureNotAllowedError(other)
