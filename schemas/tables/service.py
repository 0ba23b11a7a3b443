"""What the pull interface answered: the ledger of answers that shared something."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import person_id


class SharedByAnswer(dy.Schema):
    """Whose segments were told to whom by the pull interface, beside shared_with, which holds what exports sent."""

    person_id = person_id(key=True)
    recipient = dy.String(primary_key=True, description="recipient for whom the client asked, as in policy privacy.yaml")
    cell = dy.String(primary_key=True, description="neutral audience name")
    client = dy.String(primary_key=True, description="client of policy service.yaml whose key asked")
    purpose = dy.String(primary_key=True, description="purpose, as in policy privacy.yaml")
    shared_on = dy.Date(primary_key=True, description="day in the group's time zone")
    basis = dy.String(primary_key=True, description="consent basis, as in policy privacy.yaml")
    answers = dy.Int64(min=1, description="answers of the day that told it")
    first_at = dy.Datetime(time_zone="UTC", time_unit="us", description="first answer of the day that told it")
    last_at = dy.Datetime(time_zone="UTC", time_unit="us", description="last answer of the day that told it")


SHARED_BY_ANSWER = Table(
    "shared_by_answer", "exports", SharedByAnswer, "What the pull interface told, to whom, why and on which basis.", kind="log"
)
