"""Identity and consent on days one after another: what was asked of one record holds for all it is merged with, and no longer."""

from datetime import timedelta

import polars as pl
import pytest
from activation_world import CELL, World, day, frame

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from pipelines.activation.exports import STEP as EXPORTS
from pipelines.activation.suppression import STEP as SUPPRESSION
from tests.pipelines.identity.conftest import AS_OF, Days, contact, order

ANN = {"first_name": "ann", "last_name": "hale"}
WROTE = contact("crm_contacts:1", **ANN, emails="a@mail.test", address="1 ELM ST")
CALLED = contact("dms_sales:1", first_name="ann", last_name="moss", phones="+17045551234", address="2 OAK AVE")
BROWSED = contact("web_events:c.1", web_user_id="u")
RECORDS = [WROTE, CALLED, BROWSED]
ONE = [
    order("m1", "must_link", "record:crm_contacts:1", "record:dms_sales:1"),
    order("m2", "must_link", "record:crm_contacts:1", "record:web_events:c.1"),
]
PARTED = [*ONE, order("m1", "withdraw", "", "", 2), order("m2", "withdraw", "", "", 2)]
REQUESTS = {
    "an e-mail": ({"email": "a@mail.test"}, "crm_contacts:1"),
    "a phone": ({"phone": "+17045551234"}, "dms_sales:1"),
    "a record": ({"record_id": "dms_sales:1"}, "dms_sales:1"),
    "a device": ({"user_pseudo_id": "c.1"}, "web_events:c.1"),
}


class Story:
    """Days of identity with the day's consent and exports behind them."""

    def __init__(self, engine: DuckDBEngine) -> None:
        self.engine, self.days, self.world = engine, Days(engine, load_policy("velocity_b")), World()

    def run(self, orders: list[dict], after: int) -> dict[str, pl.DataFrame]:
        """The tables of identity of a day, and suppression."""
        on = AS_OF + timedelta(days=after)
        found = self.days.run(RECORDS, orders=orders, on=on)
        contacts = self.engine.sql("SELECT * FROM contact_record")
        self.world.register(self.engine)
        for name, table in {**found, "contact_record": contacts}.items():
            self.engine.register(name, table)
        found["suppression"] = SUPPRESSION.frames(self.engine, day(on))["suppression"]
        self.engine.register("suppression", found["suppression"])
        return found

    def export(self, found: dict[str, pl.DataFrame], after: int) -> pl.DataFrame:
        """What leaves for Meta on the day where everybody is a member; the next day starts from what was delivered."""
        member = {"audience": "due", "segment": "loyalty", "cell": CELL, "identity_tier": "exact", "arm": "treatment"}
        rows = [member | {"person_id": one, "channels": ["social"]} for one in found["person"]["person_id"]]
        self.engine.register("audience_loyalty", frame("audience_loyalty", rows))
        made = EXPORTS.frames(self.engine, day(AS_OF + timedelta(days=after), allow_unknown_state=True, off=("google",)))
        self.world.previous = made["delivered"]
        return made["export_member"].filter(pl.col("platform") == "meta")


def suppressed(found: dict[str, pl.DataFrame]) -> set[str]:
    """Records of the people who may get no ads."""
    people = found["suppression"].filter(pl.col("purpose") == "ads").select("person_id").unique()
    return set(found["member"].join(people, on="person_id")["record_id"])


@pytest.mark.parametrize("by", REQUESTS)
def test_the_most_restrictive_holds_while_they_are_one_and_each_gets_its_own_back(engine: DuckDBEngine, by: str) -> None:
    story = Story(engine)
    keys, asked = REQUESTS[by]
    story.world.ask("opt_out_sharing", AS_OF, **keys)
    assert suppressed(story.run([], 0)) == {asked}
    assert suppressed(story.run(ONE, 1)) == {one["record_id"] for one in RECORDS}
    assert suppressed(story.run(PARTED, 2)) == {asked}


def test_a_wish_of_one_does_not_lift_a_refusal_of_the_other(engine: DuckDBEngine) -> None:
    story = Story(engine)
    story.world.ask("opt_out_sharing", AS_OF, email="a@mail.test")
    story.world.ask("opt_in", AS_OF + timedelta(days=1), phone="+17045551234")
    assert suppressed(story.run(ONE, 1)) == {one["record_id"] for one in RECORDS}
    assert suppressed(story.run(PARTED, 2)) == {"crm_contacts:1"}


def test_each_purpose_is_merged_by_itself(engine: DuckDBEngine) -> None:
    story = Story(engine)
    story.world.ask("do_not_email", AS_OF, email="a@mail.test")
    story.world.ask("do_not_call", AS_OF, phone="+17045551234")
    merged, parted = story.run(ONE, 1), story.run(PARTED, 2)
    per_person = merged["suppression"].group_by("person_id").agg(pl.col("purpose").cast(pl.String).sort())
    assert per_person["purpose"].to_list() == [["email", "phone"]]
    assert parted["suppression"].group_by("person_id").len()["len"].to_list() == [1, 1]


def test_nothing_of_a_merged_person_leaves_and_what_left_is_called_back(engine: DuckDBEngine) -> None:
    story = Story(engine)
    before = story.export(story.run([], 0), 0)
    assert sorted(before["action"]) == ["add", "add"]
    story.world.ask("opt_out_sharing", AS_OF + timedelta(days=1), email="a@mail.test")
    merged = story.export(story.run(ONE, 1), 1)
    assert sorted(merged["action"]) == ["remove", "remove"]
    found = story.run(PARTED, 2)
    parted = story.export(found, 2)
    (free,) = found["member"].filter(pl.col("record_id") == "dms_sales:1")["person_id"]
    assert parted.select("person_id", "action").rows() == [(free, "add")]
