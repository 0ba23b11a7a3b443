"""The back-test over a lake made from the sample drop: replayed days, the command and its exits."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from assets.backtest import backtest_trigger
from assets.backtest_replay import Replay
from assets.cli import POLICY_ROOT, app
from assets.house import SAMPLE_GROUP, House
from assets.policy_files import load_policy
from pipelines.measurement.backtest_known import midnight_after
from tests.worlds import SAMPLE_DAY

pytestmark = [pytest.mark.slow, pytest.mark.gx]
PAST = date(2026, 6, 15)
SPAN = ("--from", "2026-05-01", "--to", "2026-07-01", "--every", "30")


@pytest.fixture(scope="module")
def lake(sample_lake):
    return sample_lake


@pytest.fixture(scope="module")
def house(lake):
    return House(group=SAMPLE_GROUP, drop="", lake=str(lake), policy=str(POLICY_ROOT))


def asked(lake: Path, *more: str):
    return CliRunner().invoke(app, ["backtest", "--lake", str(lake), "--group", SAMPLE_GROUP, *more])


def without_the_future(logs: dict[str, pl.DataFrame], day: date) -> dict[str, pl.DataFrame]:
    """Logs without what files said after the day, but for the first word on what had happened by then."""
    dates = {"dms_sales": ["contract_on", "delivery_on", "booked_on", "entry_on"], "dms_service": ["opened_on", "closed_on"]}
    kept = {}
    for name, log in logs.items():
        early = pl.col("version_at") < midnight_after(day)
        if name in dates:
            is_first = pl.col("version_at") == pl.col("version_at").min().over("row_key")
            happened = pl.min_horizontal([pl.col(one) for one in dates[name] if one in log.columns]) <= day
            early = (early | is_first) & happened.fill_null(False)
        kept[name] = log.filter(early)
    return kept


@pytest.mark.parametrize("trigger", ["lifecycle", "service"])
def test_a_replayed_day_does_not_know_what_came_after_it(house, trigger):
    policy = load_policy(SAMPLE_GROUP, POLICY_ROOT)
    whole = Replay(house, policy, (trigger,))
    (full,) = list(whole.days([PAST]))
    logs = {name: log for name, log in whole._logs.items() if "version_at" in log.columns and name != "transaction"}
    cut = Replay(house, policy, (trigger,), _logs=without_the_future(logs, PAST))
    (told,) = list(cut.days([PAST]))
    assert full.tables[trigger].height > 0
    assert told.tables[trigger].equals(full.tables[trigger])
    assert told.tables["garage"].equals(full.tables["garage"])
    assert (
        full.tables["transaction"]["occurred_on"].drop_nulls().filter(full.tables["transaction"]["kind"] != "appointment").max()
        <= PAST
    )


def test_a_back_test_is_the_same_every_time(house):
    policy = load_policy(SAMPLE_GROUP, POLICY_ROOT)
    one, two = (backtest_trigger(house, policy, "service_due", PAST, PAST, 7) for _ in range(2))
    assert one.results.equals(two.results)
    assert one.funnel == two.funnel
    assert one.kinds == ("reconstructed",)


def test_the_command_writes_a_page_and_figures_without_people(lake, tmp_path):
    done = asked(lake, "--trigger", "service_due", *SPAN, "--html", str(tmp_path / "p.html"), "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "What followed" in (tmp_path / "p.html").read_text()
    written = sorted(one.name for one in (tmp_path / "out").iterdir())
    assert written == sorted(
        f"{name}.{kind}" for name in ("balance", "curves", "funnel", "results") for kind in ("csv", "parquet")
    )
    people = pl.read_parquet(lake / SAMPLE_GROUP / "person" / f"dt={SAMPLE_DAY}" / "part-0.parquet")["person_id"]
    said = "".join(one.read_text() for one in (tmp_path / "out").glob("*.csv")) + (tmp_path / "p.html").read_text()
    assert not [one for one in people if one in said]


def test_the_command_takes_an_audience_by_name_and_by_file(lake, tmp_path):
    named = asked(lake, "--audience", "loyalty_service_due", *SPAN)
    assert named.exit_code == 0, named.output
    file = tmp_path / "mine.yaml"
    source = (POLICY_ROOT / "velocity_b" / "audiences" / "loyalty_service_due.yaml").read_text()
    file.write_text(source.replace('title: "', 'title: "Changed: '))
    changed = asked(lake, "--audience", str(file), *SPAN, "--html", str(tmp_path / "a.html"))
    assert changed.exit_code == 0, changed.output
    assert "Changed: " in changed.output
    assert "Members against everybody else" in (tmp_path / "a.html").read_text()


WRONG = [
    (("--trigger", "lease_edn", *SPAN), "did you mean lease_end?"),
    (("--audience", "loyalty_lease_en", *SPAN), "did you mean loyalty_lease_end?"),
    (("--audience", "no/such.yaml", *SPAN), "a file that exists"),
    (("--trigger", "lease_end", "--from", "1990-01-01", "--to", "2026-02-01"), "expected days from"),
    (("--trigger", "lease_end", "--from", "2026-07-01", "--to", "2026-11-21"), "the last day that is known"),
    (("--trigger", "lease_end", "--from", "2026-07-01", "--to", "2026-06-01"), "the earlier day first"),
    (("--trigger", "lease_end", "--from", "tomorrow", "--to", "2026-06-01"), "YYYY-MM-DD"),
    (("--trigger", "lease_end", *SPAN[:4], "--every", "0"), "1 or more days"),
    (SPAN, "neither"),
    (("--trigger", "lease_end", "--audience", "x", *SPAN), "both"),
]


@pytest.mark.parametrize(("more", "words"), WRONG)
def test_a_wrong_call_says_what_was_found_and_what_would_do(lake, more, words):
    done = asked(lake, *more)
    assert done.exit_code == 2
    assert words in " ".join(done.output.split())


def test_a_lake_without_a_day_says_so(tmp_path):
    done = asked(tmp_path, "--trigger", "lease_end", *SPAN)
    assert done.exit_code == 2
    assert "no day" in " ".join(done.output.split())
