"""Stage `triggers`: moments worth acting on."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import person_id, rooftop_id


class TriggerEvent(dy.Schema):
    """One moment of one person (and vehicle), in force on the day, with its evidence."""

    person_id = person_id(key=True)
    vin = dy.String(primary_key=True, description="vehicle concerned; empty where it is about the person")
    trigger = dy.String(primary_key=True, description="name of the trigger, as its module in pipelines/triggers")
    rooftop_id = rooftop_id()
    as_of = dy.Date(description="day whose facts the figures rest on; nothing later was used")
    fired_on = dy.Date(description="first day on which it was in force")
    expires_on = dy.Date(nullable=True, description="last day on which it can be in force")
    due_on = dy.Date(nullable=True, description="the date that the trigger is about")
    evidence = dy.String(description="figures behind it as JSON; no personal data")
    sentence = dy.String(description="the reason in words with figures")


class TriggerMemory(dy.Schema):
    """When a moment began, for as long as it may come back: what is in force, and what was a few days ago."""

    person_id = person_id(key=True)
    vin = dy.String(primary_key=True, description="vehicle concerned; empty where it is about the person")
    trigger = dy.String(primary_key=True, description="name of the trigger")
    fired_on = dy.Date(description="first day on which it was in force")
    due_on = dy.Date(nullable=True, description="the date that the trigger was about when it last held")
    last_held_on = dy.Date(description="last day on which it was in force")
    noted_on = dy.Date(description="day of this memory; equal to last_held_on while in force")


TRIGGER_EVENT = Table(
    "trigger_event",
    "triggers",
    TriggerEvent,
    "Moments in force on the day, with evidence and an expiry.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
TRIGGER_MEMORY = Table(
    "trigger_memory",
    "triggers",
    TriggerMemory,
    "When moments began, so that a merge of persons or a short gap does not start them anew.",
)
