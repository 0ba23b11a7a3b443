"""Stage `traits`, intent told in detail: what brought a score its points, and what the points are about."""

import dataframely as dy

from schemas.contract import Table
from schemas.tables.traits import OF_PERSON
from schemas.vocabulary import person_id

DIMENSIONS = ("body_style", "condition", "make", "model", "price_band")


class IntentDriver(dy.Schema):
    """One kind of touch in one score. The points of a person and brand add up to the score of table intent."""

    person_id = person_id(key=True)
    brand = dy.String(primary_key=True, description="own brand that the touches concern; all for the person as a whole")
    kind = dy.String(primary_key=True, description="kind of touch; repeat_view: the same vehicle seen again on another day")
    touches = dy.Int64(min=1, description="touches of the kind in the window; vehicles for repeat_view")
    points = dy.Float64(min=0, description="points after caps and decay")
    share = dy.Float64(min=0, max=1, description="share of the score")
    sentence = dy.String(description="the same in words, with figures")


class IntentDimension(dy.Schema):
    """What the points of a person are about. Shares of a dimension add up to 1."""

    person_id = person_id(key=True)
    dimension = dy.Enum(list(DIMENSIONS), primary_key=True, description="what is told apart")
    value = dy.String(primary_key=True, description="a model with its make; a price band by its lower end, US dollars")
    points = dy.Float64(min=0, description="points of touches that concern the value, after caps and decay")
    share = dy.Float64(min=0, max=1, description="share of the points that name a value of the dimension")


INTENT_DRIVER = Table(
    "intent_driver", "traits", IntentDriver, "Why a score is what it is: points by kind of touch, in words.", limits=OF_PERSON
)
INTENT_DIMENSION = Table(
    "intent_dimension",
    "traits",
    IntentDimension,
    "Intent by make, model, body style, new or used, and price band.",
    limits=OF_PERSON,
)
