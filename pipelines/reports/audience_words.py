"""Words for what codes mean: segments and their readers, causes, arms."""

from pipelines.reports.page import in_words

READERS = {
    "in_market": ("In-market: shopping now", "For the lead desk (BDC), every day: who is shopping, and where"),
    "loyalty": ("Loyalty: customers with a moment", "For service managers, every week: who is due, ending or ready to trade"),
    "conquest": ("Conquest: owners of other makes", "For general managers, every month: whom each brand can win"),
}
CAUSES = {
    "brand_garage": "another brand: the household holds one",
    "brand_interest": "another brand: looked at more",
    "brand_distance": "another brand: its rooftop is nearer",
    "brand_household": "another brand: the rest of the household has it",
    "brand_name": "another brand: first in the alphabet, all else equal",
    "segment_priority": "another segment comes first",
    "audience_priority": "another audience of the segment comes first",
    "audience_name": "another audience: first in the alphabet, all else equal",
    "rollout": "the segment has not started",
    "rooftop_capacity": "the rooftop is full, and so are others within the radius",
    "licence": "the licence does not permit the channel",
    "opted_out": "refused",
    "minor": "a minor",
    "owner_of_ours": "the household holds a vehicle of ours",
    "identity_tier": "the identity is too loose for the channel",
    "contact_budget": "contacted often enough for now",
    "household_budget": "the household was contacted often enough for now",
    "household_cap": "another person of the household has the channel",
    "arm": "the arm of a test does without it",
    "data": "new signals or records",
    "decay": "only time passed",
    "expiry": "a trigger or a licence ran out",
    "arbitration": "arbitration between audiences",
    "rule": "the policy changed",
    "consent": "a privacy request",
    "identity": "records are somebody else's",
    "untold": "not told: its day is lost",
}


def arm_in_words(arm: str) -> str:
    """An arm for people: `a:x|b:y` reads A: x and B: y."""
    if arm in ("control", "treatment"):
        return {"control": "Control: not addressed", "treatment": "In no test"}[arm]
    return " and ".join(in_words(part.replace(":", ": ")) for part in arm.split("|"))
