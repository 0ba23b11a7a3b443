import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.policy_files import load_policy
from pipelines.normalise.vocabulary import body_style_of, body_styles, match_makes, match_models

REFERENCE = load_policy("velocity_b").reference


def make_of(raw):
    found = match_makes(pl.Series([raw]), REFERENCE)
    return found.select("matched", "method").row(0) if found.height else None


def model_of(make, raw):
    found = match_models(pl.DataFrame({"context": [make], "raw": [raw]}), REFERENCE)
    return found.select("matched", "method").row(0)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("MB", ("Mercedes-Benz", "alias")),
        ("Mercedes Benz", ("Mercedes-Benz", "exact")),
        ("mercedes_benz", ("Mercedes-Benz", "exact")),
        ("chevy", ("Chevrolet", "alias")),
        ("CHEVROLET", ("Chevrolet", "exact")),
        ("VW", ("Volkswagen", "alias")),
        ("Land-Rover", ("Land Rover", "exact")),
        ("hodna", ("Honda", "fuzzy")),
        ("Toyta", ("Toyota", "fuzzy")),
        ("Toyota Motor Sales", ("Toyota", "fuzzy")),
        ("Lion", (None, "none")),  # a bus, not a Lincoln
        ("Isuzu", (None, "none")),  # not a Suzuki
        ("Ferrari", (None, "none")),
        ("??", (None, "none")),
    ],
)
def test_makes_as_people_type_them(raw, expected):
    assert make_of(raw) == expected


@pytest.mark.parametrize(
    ("make", "raw", "expected"),
    [
        ("Ford", "F150", ("F-150", "exact")),
        ("Ford", "f-150 xlt supercrew", ("F-150", "fuzzy")),
        ("Ford", "F-250 Super Duty", ("F-250", "fuzzy")),
        ("Honda", "cr v", ("CR-V", "exact")),
        ("Honda", "Honda Civic LX", ("Civic", "fuzzy")),
        ("Chevrolet", "silverado1500", ("Silverado 1500", "exact")),
        ("Chevrolet", "silverdo 1500", ("Silverado 1500", "fuzzy")),
        ("Chevrolet", "Silverado 2500", ("Silverado 2500 HD", "alias")),
        ("Mazda", "mazda 3", ("Mazda3", "exact")),
        ("Mazda", "3", ("Mazda3", "alias")),
        ("Mazda", "CX5 GT", ("CX-5", "fuzzy")),
        ("BMW", "330i", ("3 Series", "alias")),
        ("BMW", "X3 xDrive30i", ("X3", "fuzzy")),
        ("Lexus", "RX 350", ("RX", "alias")),
        ("Nissan", "rouge", ("Rogue", "fuzzy")),
        ("Toyota", "camery", ("Camry", "fuzzy")),
        ("Tesla", "Model Z", (None, "none")),  # neither X nor Y
        ("Mercedes-Benz", "GLD", (None, "none")),  # short names are one letter apart
        ("Honda", "Gold Wing", (None, "none")),
        ("No such make", "Civic", (None, "none")),
        ("", "Civic", ("Civic", "exact")),
        ("", "civc", (None, "none")),  # without a make a misspelling is nobody's
    ],
)
def test_models_as_people_type_them(make, raw, expected):
    assert model_of(make, raw) == expected


def test_figures_tell_models_apart():
    for figure in ("1500", "2500", "3500"):
        matched, _ = model_of("Chevrolet", f"Silvrado {figure}")
        assert matched is not None and figure in matched


def test_every_name_and_alias_of_the_vocabulary_finds_itself():
    makes = match_makes(pl.Series([one.make for one in REFERENCE.makes]), REFERENCE)
    assert makes["raw"].equals(makes["matched"], check_names=False) and set(makes["method"]) == {"exact"}
    pairs = pl.DataFrame([(one.make, one.model) for one in REFERENCE.models], schema=["context", "raw"], orient="row")
    models = match_models(pairs, REFERENCE)
    assert models["raw"].equals(models["matched"], check_names=False)
    for one in REFERENCE.models:
        for alias in one.aliases:
            assert model_of(one.make, alias) == (one.model, "alias")


def test_distinct_sorted_and_without_blanks():
    found = match_makes(pl.Series(["kia", None, " ", "Kia", "kia", "audi"]), REFERENCE)
    assert found["raw"].to_list() == ["Kia", "audi", "kia"]


@given(st.text(max_size=20), st.permutations(["kia", "mb", "fdro"]))
def test_any_text_is_answered_and_order_does_not_matter(text, others):
    found = match_makes(pl.Series([text, *others]), REFERENCE)
    assert found.equals(match_makes(pl.Series([*sorted(others), text]), REFERENCE))
    assert found["score"].is_between(0, 100).all()
    assert (found["matched"].is_null() == (found["method"] == "none")).all()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Sport Utility Vehicle [SUV]/Multipurpose Vehicle [MPV]", "suv"),
        ("Sport Utility Vehicle (SUV)/Multi-Purpose Vehicle (MPV)", "suv"),
        ("Crossover Utility Vehicle [CUV]", "suv"),
        ("SUV", "suv"),
        ("4D Sport Utility", "suv"),
        ("Pickup", "truck"),
        ("Crew Cab Pickup", "truck"),
        ("Sport Utility Truck [SUT]", "truck"),
        ("Truck", "truck"),
        ("Minivan", "van"),
        ("Cargo Van", "van"),
        ("passenger_van", "van"),
        ("Convertible/Cabriolet", "convertible"),
        ("Roadster", "convertible"),
        ("Hatchback/Liftback/Notchback", "hatchback"),
        ("Sedan/Saloon", "sedan"),
        ("4dr Sedan", "sedan"),
        ("Gran Coupe", "coupe"),
        ("Wagon", "wagon"),
        ("Truck-Tractor", None),
        ("Trailer", None),
        ("Motorcycle - Touring/Sport Touring", None),
        ("Incomplete - Chassis Cab (Single Cab)", None),
        ("Advantage", None),
        (None, None),
    ],
)
def test_body_styles(raw, expected):
    frame = pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String})
    assert frame.select(body_style_of(pl.col("raw"))).item() == expected


def test_body_styles_of_the_vocabulary_are_its_own_words():
    styles = body_styles(REFERENCE)
    assert styles.height == len(REFERENCE.models)
    assert set(styles["body_style"]) == {"sedan", "suv", "truck", "coupe", "hatchback", "wagon", "van", "convertible"}
