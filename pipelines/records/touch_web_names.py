"""What a GA4 event name means: ASC names (Automotive Standards Council), the twins of submissions, and misspelt names.

`twin_of` names the event that a twin repeats: `asc_form_submission_sales` is sent beside `asc_form_submission`
(Fullpath help centre, 11901000089492), so counting both counts one form twice.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl
from rapidfuzz import fuzz, process

SCHEMA = {"event_name": pl.String, "kind": pl.String, "department": pl.String, "twin_of": pl.String, "event_group": pl.String}
SPELLING_FROM = 94.0  # similarity 0 to 100: one letter off in a name of 12 or more; no two names of the list reach it

FORM, COMM = "asc_form_submission", "asc_comm_submission"

_PLAIN: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {
        "page_view": ("page_view", None),
        "asc_pageview": ("page_view", None),
        "asc_item_pageview": ("vdp_view", None),
        "view_item": ("vdp_view", None),
        "asc_itemlist_pageview": ("srp_view", None),
        "view_item_list": ("srp_view", None),
        "asc_media_interaction": ("media_view", None),
        "asc_element_configuration": ("configure", None),
        "asc_retail_process": ("payment_tool", "sales"),
        "asc_special_offer": ("special_offer", None),
        "asc_cta_interaction": ("cta_click", None),
        "asc_form_engagement": ("form_start", None),
        "asc_click_to_call": ("click_to_call", None),
        "asc_comm_engagement": ("chat", None),
        "asc_voice_engagement": ("click_to_call", None),
        "asc_voice_submission": ("click_to_call", None),
        "view_search_results": ("search_model", None),
        "search": ("search_model", None),
        FORM: ("form_other", None),
        COMM: ("chat", None),
    }
)
_TWINS: Mapping[str, tuple[str, str | None, str]] = MappingProxyType(
    {
        f"{FORM}_sales": ("form_sales", "sales", FORM),
        f"{FORM}_sales_appt": ("form_test_drive", "sales", FORM),
        f"{FORM}_service": ("form_service", "service", FORM),
        f"{FORM}_service_appt": ("form_service", "service", FORM),
        f"{FORM}_parts": ("form_parts", "parts", FORM),
        f"{FORM}_trade": ("form_trade", "trade", FORM),
        f"{FORM}_credit": ("form_credit", "sales", FORM),
        f"{FORM}_test_drive": ("form_test_drive", "sales", FORM),
        f"{FORM}_other": ("form_other", None, FORM),
        f"{COMM}_sales": ("chat", "sales", COMM),
        f"{COMM}_sales_appt": ("chat", "sales", COMM),
        f"{COMM}_service": ("chat", "service", COMM),
        f"{COMM}_service_appt": ("chat", "service", COMM),
        f"{COMM}_parts": ("chat", "parts", COMM),
    }
)
_NOT_TOUCHES = ("asc_menu_interaction", "session_start", "first_visit", "user_engagement", "scroll", "click", "form_start")
_KNOWN = (*_PLAIN, *_TWINS, *_NOT_TOUCHES)


def web_event_kinds(names: pl.Series) -> pl.DataFrame:
    """[event_name, kind, department, twin_of, event_group] of the names that are touches, sorted; other names are left out.

    `event_group` is the submission that an event is, or is a twin of; null for events that are neither.
    """
    rows: list[tuple[str | None, ...]] = []
    for name in names.drop_nulls().unique().sort():
        known = known_name(name) or ""
        if known in _PLAIN:
            kind, department = _PLAIN[known]
            rows.append((name, kind, department, None, known if known in (FORM, COMM) else None))
        elif known in _TWINS:
            kind, department, parent = _TWINS[known]
            rows.append((name, kind, department, parent, parent))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def known_name(name: str) -> str | None:
    """The known event name that a name is or misspells (aasc_form_submission_service); null where none is near."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if plain in _KNOWN:
        return plain
    if "asc" not in plain[:5]:
        return None
    found = process.extractOne(plain, _KNOWN, scorer=fuzz.ratio, score_cutoff=SPELLING_FROM)
    return found[0] if found else None
