from datetime import date

from pipelines.records.vocabulary_match import STEP


def as_rows(frame):
    return [(r["kind"], r["context"], r["raw"], r["matched"], r["method"], r["rows"]) for r in frame.rows(named=True)]


def test_every_spelling_of_the_day_with_its_match_and_its_rows(run, rows):
    frame = run(
        STEP,
        crm_leads=rows("crm_leads", {"make": " MB ", "model": "c 300"}, {"make": "mb", "model": "C 300", "trade_make": "Chevy"}),
        inventory=rows("inventory", {"make": "Ford", "model": "F150"}, {"make": "FORD", "model": "f150"}),
        web_events=rows("web_events", {"item_make": "trabant", "item_model": "601"}, {"item_make": "", "item_model": " "}),
    )
    assert as_rows(frame) == [
        ("make", "", "chevy", "Chevrolet", "alias", 1),
        ("make", "", "ford", "Ford", "exact", 2),
        ("make", "", "mb", "Mercedes-Benz", "alias", 2),
        ("make", "", "trabant", None, "none", 1),
        ("model", "", "601", None, "none", 1),
        ("model", "Ford", "f150", "F-150", "exact", 2),
        ("model", "Mercedes-Benz", "c 300", "C-Class", "alias", 2),
    ]
    assert frame["score"].is_between(0, 100).all()


def test_two_spellings_of_a_make_share_the_models_within_it(run, rows):
    frame = run(STEP, inventory=rows("inventory", {"make": "Chevy", "model": "Tahoe"}, {"make": "chevrolet", "model": "tahoe"}))
    assert as_rows(frame)[-1] == ("model", "Chevrolet", "tahoe", "Tahoe", "exact", 2)


def test_spellings_of_earlier_days_stay_with_no_rows_of_the_day(run, rows):
    yesterday = run(STEP, on=date(2026, 11, 20), inventory=rows("inventory", {"make": "Ford", "model": "F150"}, {"make": "kia"}))
    today = run(STEP, previous_vocabulary_match=yesterday, inventory=rows("inventory", {"make": "kia", "model": "soul"}))
    assert as_rows(today) == [
        ("make", "", "ford", "Ford", "exact", 0),
        ("make", "", "kia", "Kia", "exact", 1),
        ("model", "Ford", "f150", "F-150", "exact", 0),
        ("model", "Kia", "soul", "Soul", "exact", 1),
    ]
