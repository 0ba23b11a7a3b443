"""What moves a person most, in log-odds and in words. Features of one theme are added up, for they tell the same story."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.propensity.model import Floats, Model
from schemas.vocabulary_propensity import FEATURES

MOST_DRIVERS = 3
LEAST_CONTRIBUTION = 0.1  # log-odds; less is not worth a word
THEMES = tuple(dict.fromkeys(one.theme for one in FEATURES.values()))


def by_theme(model: Model, frame: pl.DataFrame) -> dict[str, Floats]:
    """What each theme adds to or takes from the log-odds of the average person, rounded to 3 decimals."""
    total: dict[str, Floats] = {}
    for name, added in model.contributions(frame).items():
        theme = FEATURES[name].theme
        total[theme] = total.get(theme, np.zeros(frame.height)) + added
    return {theme: np.round(total[theme], 3) for theme in THEMES if theme in total}


def with_drivers(model: Model, frame: pl.DataFrame) -> pl.DataFrame:
    """drivers, contributions and sentence for each row of features, in the order of the rows."""
    themes = by_theme(model, frame)
    names = np.array(list(themes))
    values = np.column_stack(list(themes.values()))
    order = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :MOST_DRIVERS]
    strongest = np.take_along_axis(values, order, axis=1)
    wide = frame.select(**_words()).with_columns(
        pl.Series(f"{kind}_{at}", column)
        for at in range(order.shape[1])
        for kind, column in (("driver", names[order[:, at]]), ("value", strongest[:, at]))
    )
    places = range(order.shape[1])
    weighty = [pl.col(f"value_{at}").abs() >= LEAST_CONTRIBUTION for at in places]
    told = [pl.when(weighty[at]).then(_told(at, tuple(themes))) for at in places]
    return wide.select(
        drivers=pl.concat_list(pl.when(weighty[at]).then(f"driver_{at}") for at in places).list.drop_nulls(),
        contributions=pl.concat_list(pl.when(weighty[at]).then(f"value_{at}") for at in places).list.drop_nulls(),
        sentence=pl.concat_str(told, separator="; ", ignore_nulls=True),
    ).with_columns(sentence=pl.when(pl.col("sentence") == "").then(pl.lit("as everybody")).otherwise(_spoken("sentence")))


def _spoken(name: str) -> pl.Expr:
    """1 day and today, as people say it."""
    return pl.col(name).str.replace_all(r"\b1 (day|month|model)s\b", "1 ${1}").str.replace_all(r"\b0 days ago", "today")


def _told(at: int, themes: tuple[str, ...]) -> pl.Expr:
    chosen = pl.coalesce(pl.when(pl.col(f"driver_{at}") == theme).then(pl.col(f"says_{theme}")) for theme in themes)
    sign = pl.when(pl.col(f"value_{at}") > 0).then(pl.lit("+")).otherwise(pl.lit("−"))
    return pl.concat_str(chosen, pl.lit(" ("), sign, pl.col(f"value_{at}").abs().round(2).cast(pl.String), pl.lit(")"))


def _words() -> Mapping[str, pl.Expr]:
    """What each theme says of a person, with its plainest figure."""
    return {
        "says_vehicles": _either("models_60", "looked at {} models in 60 days", "no vehicle pages in 60 days"),
        "says_browsing": _either("browsing_14", "browsed our sites", "did not browse our sites", with_figure=False),
        "says_tools": _either("tools_14", "used a payment tool or builder", "used no payment tool", with_figure=False),
        "says_contact": _either("days_since_contact", "form, lead, call or chat {} days ago", "no form, lead, call or chat"),
        "says_third_party": _either("third_party_30", "shopped on other sites", "not seen on other sites", with_figure=False),
        "says_rhythm": _either("days_since_touch", "last shopped {} days ago", "no shopping seen in 120 days"),
        "says_contract": pl.coalesce(
            pl.format("lease ends in {} days", _whole("lease_days_left")),
            pl.format("loan ends in {} months", _whole("loan_months_left")),
            pl.lit("no lease or loan of ours"),
        ),
        "says_ownership": _either("months_since_sale", "last bought here {} months ago", "never bought here"),
        "says_service": _either("months_since_service", "last serviced here {} months ago", "never serviced here"),
        "says_mail": _either("mail_30", "opens our e-mails", "opens no e-mails of ours", with_figure=False),
    }


def _either(name: str, known: str, unknown: str, *, with_figure: bool = True) -> pl.Expr:
    said = pl.format(known, _whole(name)) if with_figure else pl.lit(known)
    return pl.when(pl.col(name).is_null()).then(pl.lit(unknown)).otherwise(said)


def _whole(name: str) -> pl.Expr:
    return pl.col(name).round(0).cast(pl.Int64)
