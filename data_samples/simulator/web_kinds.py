"""The kinds of web events: GA4 name, parameters and path, and how often they come in each kind of session."""

from dataclasses import dataclass

from data_samples.simulator.sessions import BOT, CASUAL, LEAD, SERVICE, SHOP, TABLET


@dataclass(frozen=True)
class EventKind:
    """One kind of event, with its Automotive Standards Council name and parameters."""

    name: str
    event_name: str
    page_type: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    has_item: bool = False
    is_form: bool = False

    @property
    def head(self) -> str:
        """The JSON from after the time stamp to the host of page_location."""
        pairs = (("page_type", self.page_type), ("affiliation", "native"), *self.params)
        params = "".join(f'{{"key":"{key}","value":{{"string_value":"{value}"}}}},' for key, value in pairs)
        return f'","event_name":"{self.event_name}","event_params":[{params}{{"key":"page_location","value":{{"string_value":"https://'


SALES = ("department", "sales")
TRADE = (("department", "trade"), ("form_name", "value_your_trade"))
CREDIT = (SALES, ("form_name", "credit_application"))
DRIVE = (SALES, ("form_name", "test_drive"))
BOOKING = (("department", "service"), ("form_name", "schedule_service"))
ASKS = (SALES, ("form_name", "check_availability"))
FORM = (("comm_type", "form"), ("comm_status", "submit"), ("form_type", "consumer_contact"))
VEHICLE_PAGE = "/inventory/vehicle/"
SEARCH_TERMS = ("suv lease", "used truck under 30000", "hybrid", "awd third row", "electric suv", "certified pre-owned sedan")
EVENT_KINDS = (
    EventKind("start", "session_start", "home", "/"),
    EventKind("home", "asc_pageview", "home", "/"),
    EventKind("list", "asc_itemlist_pageview", "itemlist", "/inventory/"),
    EventKind("vdp", "asc_item_pageview", "item", VEHICLE_PAGE, has_item=True),
    EventKind("media", "asc_media_interaction", "item", VEHICLE_PAGE, (("event_action", "play"),), has_item=True),
    EventKind("cta", "asc_cta_interaction", "item", VEHICLE_PAGE, (("element_text", "check_availability"), SALES), has_item=True),
    EventKind("price_cta", "asc_cta_interaction", "item", VEHICLE_PAGE, (("element_text", "get_e-price"), SALES), has_item=True),
    EventKind(
        "configure", "asc_element_configuration", "item", VEHICLE_PAGE, (("element_text", "payment_calculator"), SALES), True
    ),
    EventKind(
        "payment",
        "asc_retail_process",
        "item",
        "/buy/",
        (("flow_name", "payment_estimate"), ("flow_outcome", "continue"), SALES),
        True,
    ),
    EventKind("offer", "asc_special_offer", "specials", "/specials/", (SALES,)),
    EventKind("trade_form_start", "asc_form_engagement", "widget", "/trade/", TRADE),
    EventKind("trade_form", "asc_form_submission", "widget", "/trade/", (*TRADE, *FORM)),
    EventKind("trade_form_twin", "asc_form_submission_trade", "widget", "/trade/", (*TRADE, *FORM)),
    EventKind("credit_form", "asc_form_submission", "widget", "/finance/", (*CREDIT, *FORM)),
    EventKind("credit_form_twin", "asc_form_submission_credit", "widget", "/finance/", (*CREDIT, *FORM)),
    *(
        EventKind(f"search_{n}", "view_search_results", "itemlist", "/inventory/", (("search_term", term),))
        for n, term in enumerate(SEARCH_TERMS)
    ),
    EventKind("review", "asc_pageview", "showroom", "/research/reviews/", (SALES,)),
    EventKind("click_to_call", "asc_click_to_call", "item", VEHICLE_PAGE, (SALES, ("comm_type", "voice")), has_item=True),
    EventKind(
        "chat", "asc_comm_engagement", "item", VEHICLE_PAGE, (SALES, ("comm_type", "chat"), ("comm_status", "start")), True
    ),
    EventKind("form_start", "asc_form_engagement", "item", VEHICLE_PAGE, ASKS, has_item=True),
    EventKind("form", "asc_form_submission", "item", VEHICLE_PAGE, (*ASKS, *FORM), True, True),
    EventKind("form_twin", "asc_form_submission_sales", "item", VEHICLE_PAGE, (*ASKS, *FORM), True, True),
    EventKind("drive_form_start", "asc_form_engagement", "item", VEHICLE_PAGE, DRIVE, has_item=True),
    EventKind("drive_form", "asc_form_submission", "item", VEHICLE_PAGE, (*DRIVE, *FORM), True, True),
    EventKind("drive_form_twin", "asc_form_submission_test_drive", "item", VEHICLE_PAGE, (*DRIVE, *FORM), True, True),
    EventKind("service_page", "asc_pageview", "service", "/service/", (("department", "service"),)),
    EventKind("service_form", "asc_form_submission", "service", "/service/schedule/", (*BOOKING, *FORM), False, True),
    EventKind(
        "service_form_twin", "asc_form_submission_service", "service", "/service/schedule/", (*BOOKING, *FORM), False, True
    ),
    EventKind("service_typo", "aasc_form_submission_service", "service", "/service/", (("department", "service"),)),
    EventKind("view", "page_view", "unknown", "/about/"),
)
KIND_NUMBER = {one.name: index for index, one in enumerate(EVENT_KINDS)}
TWIN_OF = {  # sites send a second event, of the form's kind, at the moment of every submission
    index: KIND_NUMBER[f"{one.name}_twin"] for index, one in enumerate(EVENT_KINDS) if f"{one.name}_twin" in KIND_NUMBER
}

_BROWSE: dict[str, float] = {
    "list": 20,
    "vdp": 40,
    "media": 12,
    "cta": 4,
    "price_cta": 2,
    "configure": 2,
    "payment": 1,
    "offer": 3,
    **{f"search_{n}": 4 / len(SEARCH_TERMS) for n in range(len(SEARCH_TERMS))},
    "review": 5,
    "view": 6,
}
_DECIDE: dict[str, float] = {
    "list": 12,
    "vdp": 44,
    "media": 10,
    "cta": 7,
    "price_cta": 5,
    "configure": 6,
    "payment": 6,
    "offer": 2,
    "trade_form_start": 0.8,
    "trade_form": 0.4,
    "credit_form": 0.25,
    **{f"search_{n}": 2 / len(SEARCH_TERMS) for n in range(len(SEARCH_TERMS))},
    "review": 3,
    "click_to_call": 0.8,
    "chat": 0.8,
}
_SERVICE: dict[str, float] = {"service_page": 10, "home": 2, "offer": 2, "view": 1, "service_typo": 0.05}
_CASUAL: dict[str, float] = {"home": 4, "list": 4, "vdp": 4, "view": 3, "service_page": 2, "offer": 1}
_BOT: dict[str, float] = {"vdp": 9, "list": 1}
MIXES: dict[int, tuple[dict[str, float], dict[str, float]]] = {  # by kind of session: early in a journey, late in a journey
    SHOP: (_BROWSE, _DECIDE),
    LEAD: (_DECIDE, _DECIDE),
    SERVICE: (_SERVICE, _SERVICE),
    CASUAL: (_CASUAL, _CASUAL),
    BOT: (_BOT, _BOT),
    TABLET: (_DECIDE, _DECIDE),
}
