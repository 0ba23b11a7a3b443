"""The catalogue of triggers as a page: what each means, which numbers it takes, where they come from, and how it reads."""

from collections.abc import Mapping

from pipelines.triggers import all_triggers
from pipelines.triggers.trigger import Trigger
from schemas.policy.triggers import TriggerPolicy, TriggersPolicy

HEAD = """# Triggers

Moments worth acting on, one row each in the table `trigger_event`: person, vehicle (empty where it is about the person),
the day on which it fired, the day on which it lapses, the figures behind it and a sentence. Numbers are those of group
`{group}`, from its `triggers.yaml`; each trigger is switched off there with `is_on: false`. This page is what
`velocity triggers --group {group}` prints.

- A trigger in force keeps the day on which it fired: through a merge of persons (the earlier day stays), a split (moments of
  vehicles go along), up to {rest} days in which it did not hold, and a due date that moves by at most {same} days.
- It lapses after `expires_days`, or on its due date. If it still holds after that, it fires anew.
- Nothing that was not known on the day is used; `as_of` says which day that is.
- "Browsing SUVs while the lease ends" is no trigger but an audience, `in_market_lifecycle`: it joins behaviour with `lease_end`,
  and an analyst can change it.

| trigger | moment | lapses after, days | on |
|---|---|---|---|
"""


def catalogue(group: str, policy: TriggersPolicy, sources: Mapping[str, str]) -> str:
    """The page as Markdown. `sources` says where the numbers of each trigger come from, as its policy file does."""
    known = all_triggers()
    page = HEAD.format(group=group, rest=policy.memory.rest_days, same=policy.memory.same_due_days)
    page += "".join(_line(one, policy.triggers.get(name)) for name, one in known.items())
    return page + "".join(_section(one, policy.triggers.get(name), sources.get(name, "")) for name, one in known.items())


def _line(trigger: Trigger, given: TriggerPolicy | None) -> str:
    switch = "not in this policy" if given is None else "on" if given.is_on else "off"
    return f"| [`{trigger.name}`](#{trigger.name}) | {trigger.title} | {given.expires_days if given else ''} | {switch} |\n"


def _section(trigger: Trigger, given: TriggerPolicy | None, source: str) -> str:
    reads = ", ".join(f"`{one.table}`" for one in trigger.reads)
    text = f"\n## {trigger.name}\n\n{trigger.title}. {trigger.meaning}\n\n> {trigger.example_sentence}\n\nReads {reads}.\n"
    if source:
        text += f"Where its numbers come from: {source}.\n"
    if not trigger.takes:
        return text
    numbers = given.parameters if given else {}
    text += "\n| number | value | unit | range | meaning |\n|---|---|---|---|---|\n"
    for one in trigger.takes:
        value = f"{numbers[one.name]:g}" if one.name in numbers else ""
        text += f"| `{one.name}` | {value} | {one.unit} | {one.low:g} to {one.high:g} | {one.meaning} |\n"
    return text
