"""Policies as a stranger writes them: right ones load, wrong ones are told every mistake with file, line, key and way out."""

import re
import shutil
from pathlib import Path

import pytest

from assets.policy_check import check_policy
from assets.policy_files import POLICY_ROOT, load_policy
from assets.policy_problem import PolicyError
from assets.policy_reads import changed_sections, changed_values


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A policy folder with velocity_b alone, to break."""
    shutil.copytree(POLICY_ROOT / "reference", tmp_path / "reference")
    shutil.copytree(POLICY_ROOT / "velocity_b", tmp_path / "velocity_b")
    return tmp_path


def edit(root: Path, file: str, old: str, new: str) -> int:
    """Replace one text in a file; returns the line on which it stands."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refused(group: str, root: Path) -> str:
    with pytest.raises(PolicyError) as raised:
        load_policy(group, root)
    return str(raised.value)


BROKEN = {
    "unknown metric": ("identity.yaml", "block: []", "block: [chrun]", ["health.block[0]", "'chrun'", "'churn'"]),
    "unknown key": ("group.yaml", "time_zone:", "timezone:", ["timezone", "time_zone"]),
    "wrong type": ("group.yaml", "history_months: 18", "history_months: many", ["history_months", "'many'", "integer"]),
    "out of range": ("scoring.yaml", "window_days: 90", "window_days: 900", ["intent.window_days", "900", "365"]),
    "truth as a number": ("scoring.yaml", "points: 1,", "points: true,", ["intent.weights.srp_view.points", "True", "a number"]),
    "no number at all": ("scoring.yaml", "points: 1,", "points: .nan,", ["intent.weights.srp_view.points", "finite"]),
    "blank text": ("group.yaml", "title: Charlotte", 'title: ""', ["markets[0].title"]),
    "hostname with a protocol": ("group.yaml", "[www.alder-auto.example", '["https://alder.example"', ["web_hostnames", "https"]),
    "ZIP read as a number": ("group.yaml", 'zip: "28227"', "zip: 28227", ["rooftops[0].zip", "28227", "quotes"]),
    "ZIP that does not exist": ("group.yaml", 'zip: "28227"', 'zip: "28298"', ["rooftops[0].zip", "28298", "does not exist"]),
    "unknown brand": ("group.yaml", "    brand: vol1", "    brand: vol_1", ["'vol_1'", "lux, vol1, vol2", "'vol1'"]),
    "unknown market": ("group.yaml", "    market: secondary", "    market: secondry", ["'secondry'", "'secondary'"]),
    "make outside the vocabulary": ("conquest.yaml", "Mercedes-Benz", "Mercedes", ["brands[0].makes[1]", "'Mercedes-Benz'"]),
    "own make as a competitor": ("conquest.yaml", "Lexus]", "Mazda]", ["'Mazda'", "own make", "vol1"]),
    "no radius for a market": (
        "conquest.yaml",
        "  - {segment: loyalty, market_type: tertiary, unlimited: true}",
        "",
        ["no radius of loyalty for tertiary"],
    ),
    "two reaches at once": ("conquest.yaml", "primary, miles: 20}", "primary, miles: 20, unlimited: true}", ["unlimited alone"]),
    "unknown column": (
        "audiences/loyalty_lease_end.yaml",
        "lease_days_left between 0 and $lease_days",
        "lease_day_left between 0 and $lease_days",
        ["rules.all[0].when", "lease_day_left", "lease_days_left"],
    ),
    "unknown parameter": (
        "audiences/loyalty_lease_end.yaml",
        "0 and $lease_days",
        "0 and $lease_day",
        ["rules.all[0].when", "$lease_day", "lease_days"],
    ),
    "broken expression": (
        "audiences/_base_in_market.yaml",
        "days_since_touch <= $touch_days",
        "days_since_touch <=",
        ["rules.all[0].when", "cannot be read"],
    ),
    "reason with an unknown column": (
        "audiences/_base_in_market.yaml",
        "{days_since_touch} days ago",
        "{days_since_tuch} days ago",
        ["reason", "days_since_tuch"],
    ),
    "unknown channel": ("audiences/_base_loyalty.yaml", "channels: [email,", "channels: [emial,", ["'emial'", "'email'"]),
    "unknown message": (
        "audiences/_base_loyalty.yaml",
        "message: loyalty_relationship",
        "message: loyalty_relation",
        ["'loyalty_relationship'"],
    ),
    "age in a credit offer": (
        "audiences/loyalty_lease_end.yaml",
        'score: "365 - lease_days_left"',
        'score: "age_years"',
        ["age_years", "credit"],
    ),
    "unknown trigger": ("triggers.yaml", "lease_end:", "lease_ends:", ["'lease_ends'", "'lease_end'"]),
    "unknown trigger parameter": ("triggers.yaml", "notice_days: 30", "notice: 30", ["'notice'", "notice_days"]),
    "unknown kind of touch": ("scoring.yaml", "vdp_view:", "vdp_veiw:", ["'vdp_veiw'", "'vdp_view'"]),
    "weight for a service touch": ("scoring.yaml", "form_other:", "form_service:", ["form_service", "no sign of shopping"]),
    "unknown platform": ("channels.yaml", "  meta:", "  metta:", ["metta", "meta"]),
    "licence at a first-party platform": (
        "privacy.yaml",
        "{recipient: meta, purpose: ads, basis: licence,",
        "{recipient: google, purpose: ads, basis: licence,",
        ["google", "first-party data only"],
    ),
    "shares that do not add up": ("plan.yaml", "share: 0.45}", "share: 0.55}", ["total_by_segment", "add up to 1", "1.1"]),
    "part of a split that is nobody's": ("plan.yaml", "{name: vol2,", "{name: vol3,", ["'vol3'", "vol2"]),
    "unknown split": ("plan.yaml", "conquest_by_market:", "conqest_by_market:", ["'conqest_by_market'", "'conquest_by_market'"]),
    "interval upside down": ("plan.yaml", "low: 0.12, high: 0.18", "low: 0.18, high: 0.12", ["low is not above high"]),
    "arms of more than everybody": ("experiments.yaml", "{arm: broad, share: 0.5,", "{arm: broad, share: 0.7,", ["add up to 1"]),
    "control outside its limits": (
        "experiments.yaml",
        "global_control_share: 0.12",
        "global_control_share: 0.2",
        ["0.1 to 0.15"],
    ),
    "unknown feed": ("identity.yaml", "crm_contacts,", "crm_contact,", ["'crm_contact'", "'crm_contacts'"]),
    "no such time zone": ("group.yaml", "America/New_York", "America/Charlotte", ["time_zone", "America/Charlotte", "IANA"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_mistake_is_told_with_its_place_and_its_way_out(root, case):
    file, old, new, words = BROKEN[case]
    line = edit(root, f"velocity_b/{file}", old, new)
    with pytest.raises(PolicyError) as raised:
        load_policy("velocity_b", root)
    problems = raised.value.problems
    about = [one for one in problems if one.file == f"velocity_b/{file}"]
    assert about, problems
    told = "\n".join(map(str, about))
    for word in words:
        assert word in told, told
    assert any(one.line == 0 or abs(one.line - line) <= 2 or not new for one in about), (line, told)


def test_all_problems_are_told_at_once(root):
    edit(root, "velocity_b/group.yaml", "time_zone:", "timezone:")
    edit(root, "velocity_b/scoring.yaml", "window_days: 90", "window_days: 900")
    edit(root, "velocity_b/plan.yaml", "share: 0.45}", "share: 0.55}")
    (root / "velocity_b" / "privacy.yaml").unlink()
    edit(root, "velocity_b/triggers.yaml", "service_states: {", "service_states: {{")
    told = refused("velocity_b", root)
    for name in ("group", "scoring", "plan", "privacy", "triggers"):
        assert f"velocity_b/{name}.yaml" in told
    assert re.search(r"\d problems", told)


def test_problems_across_files_are_told_at_once(root):
    edit(root, "velocity_b/group.yaml", "    brand: vol1", "    brand: vol9")
    edit(root, "velocity_b/conquest.yaml", "BMW", "BWM")
    edit(root, "velocity_b/scoring.yaml", "vdp_view:", "vdp_veiw:")
    files = {one.file for one in check_policy("velocity_b", root)}
    assert files == {"velocity_b/group.yaml", "velocity_b/conquest.yaml", "velocity_b/scoring.yaml"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1, 2\nb: 3\n", ["not YAML"]),
        ("a:\n\t- 1\n", ["not YAML"]),
        ("group: x\ngroup: y\n", ["'group' twice", ":2:"]),
        ("", ["an empty file"]),
        ("- 1\n- 2\n", ["no mapping"]),
        ("group: &a [*a]\n", []),
        ("group: *nobody\n", ["not YAML"]),
        ("group: {a: 1, a: 2}\n", ["twice"]),
        ("when: !!python/object/apply:os.system ['true']\n", []),
    ],
)
def test_files_that_are_no_yaml_or_no_mapping(root, text, words):
    (root / "velocity_b" / "group.yaml").write_text(text, encoding="utf-8")
    told = "\n".join(str(one) for one in check_policy("velocity_b", root) if "group.yaml" in one.file)
    assert told
    for word in words:
        assert word in told, told


def test_bytes_that_are_not_utf8(root):
    (root / "velocity_b" / "plan.yaml").write_bytes("title: M\xfcller\n".encode("cp1252"))
    assert "not UTF-8" in str(check_policy("velocity_b", root)[0])


def test_a_misspelt_file_is_not_ignored(root):
    (root / "velocity_b" / "scorings.yaml").write_text("a: 1\n", encoding="utf-8")
    (root / "velocity_b" / "audiences" / "more.yml").write_text("a: 1\n", encoding="utf-8")
    told = [str(one) for one in check_policy("velocity_b", root)]
    assert len(told) == 2
    assert any("scorings.yaml" in one and "'scoring.yaml'" in one for one in told)


def test_an_unknown_group_names_the_nearest(root):
    told = refused("velocity_c", root)
    assert "velocity_c" in told and "Did you mean 'velocity_b'?" in told
    assert "velocity_b" not in refused("x", root / "nowhere")


def test_two_audiences_of_one_name(root):
    folder = root / "velocity_b" / "audiences"
    shutil.copy(folder / "loyalty_equity.yaml", folder / "loyalty_equity_copy.yaml")
    (problem,) = check_policy("velocity_b", root)
    assert problem.file.endswith("loyalty_equity_copy.yaml") and "loyalty_equity.yaml" in problem.found


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("warranty.csv", "Acura,2000", "Acurra,2000", ["'Acurra'", "'Acura'"]),
        ("warranty.csv", "36000", "many", ["basic_miles", "'many'"]),
        ("service_intervals.csv", "Acura,2000,2035,12", "Acura,2000,2035,", ["months"]),
        ("models.csv", "Acura,ILX,sedan,", "Acura,ILX,limousine,", ["'limousine'"]),
        ("models.csv", "Acura,ILX,sedan,", "Acura,ILX,sedan", ["number of cells"]),
        ("makes.csv", "Audi,", "Acura,", ["again", "acura"]),
    ],
)
def test_reference_facts_are_judged_by_line(root, file, old, new, words):
    line = edit(root, f"reference/{file}", old, new)
    problems = [one for one in check_policy("velocity_b", root) if one.file == f"reference/{file}"]
    told = "\n".join(map(str, problems))
    assert line in {one.line for one in problems}, told
    for word in words:
        assert word in told, told


def test_comments_and_order_of_keys_do_not_change_the_hash_and_figures_do(root):
    before = load_policy("velocity_b", root).policy_hash
    assert before == load_policy("velocity_b").policy_hash
    path = root / "velocity_b" / "scoring.yaml"
    parts = path.read_text(encoding="utf-8").split("default_miles_per_year: 12000")
    path.write_text("# a remark\ndefault_miles_per_year: 12000.0\n" + "".join(parts), encoding="utf-8")
    assert load_policy("velocity_b", root).policy_hash == before
    edit(root, "velocity_b/scoring.yaml", "12000.0", "12001")
    assert load_policy("velocity_b", root).policy_hash != before


def test_the_order_of_keys_changes_the_hash_where_it_decides(root):
    before = load_policy("velocity_b", root)
    model = (root / "reference" / "identity_model.yaml").read_text(encoding="utf-8")
    first, second = "  first_name: {kind: given_name}\n", "  middle_name: {kind: category}\n"
    assert first + second in model
    (root / "velocity_b" / "identity_model.yaml").write_text(model, encoding="utf-8")
    assert load_policy("velocity_b", root).policy_hash == before.policy_hash
    (root / "velocity_b" / "identity_model.yaml").write_text(model.replace(first + second, second + first), encoding="utf-8")
    after = load_policy("velocity_b", root)
    assert after == before.model_copy(update={"policy_hash": after.policy_hash}), "equal mappings may differ in order"
    assert after.policy_hash != before.policy_hash
    assert changed_sections(before, after) == ["identity_model.fields"]
    ((path, old, new),) = changed_values(before, after)
    assert path == "identity_model.fields.(order)"
    assert old.startswith("first_name, middle_name") and new.startswith("middle_name, first_name")


def test_no_path_of_the_machine_is_in_a_problem(root):
    edit(root, "velocity_b/group.yaml", "time_zone:", "timezone:")
    assert str(root) not in "\n".join(map(str, check_policy("velocity_b", root)))


def test_a_group_that_extends_another_names_one_that_exists(root):
    (root / "small").mkdir()
    place = root / "small" / "extends.yaml"
    place.write_text("extends: velocity_b\n", encoding="utf-8")
    assert load_policy("small", root) == load_policy("velocity_b", root)
    place.write_text("extends: velocity_bb\n", encoding="utf-8")
    told = refused("small", root)
    assert "small/extends.yaml:1" in told and "velocity_b" in told
    shutil.copy(root / "velocity_b" / "scoring.yaml", root / "small" / "scoring.yaml")
    place.write_text("extends: velocity_b\n", encoding="utf-8")
    edit(root, "small/scoring.yaml", "window_days: 90", "window_days: 60")
    assert load_policy("small", root).scoring.intent.window_days == 60
