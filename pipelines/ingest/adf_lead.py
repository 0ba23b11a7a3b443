"""One prospect's tree into the flat names of the feed: `vehicle/make`, `customer/email[1]`, `trade/odometer`.

Repeats: up to three distinct e-mails and phones; the first vehicle that is not traded in is the wanted one, the first traded
in is the trade. An absent prospect status is "new" and an absent interest "buy", as in the DTD; an absent vehicle status stays
blank, since senders leave it out for used cars too.
"""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

_WEB_CLIENT = {"gaclientid", "clientid", "ga", "ga4", "userpseudoid"}  # issuers, without case and signs, of a GA4 client id
_KM_TO_MILES = 0.621371  # NIST SP 811, rounded
_NAME_PARTS = {"surname": "last", "first": "first", "middle": "middle", "last": "last", "full": "full"}
_NAME_PARTS |= {"firstname": "first", "lastname": "last", "family": "last", "given": "first", "fullname": "full", "name": "full"}
_PARTIES = {"individual", "business"}
_NOT_CALLED = {"fax", "pager"}  # phone types that reach nobody
_INTERESTS = {"tradein": "trade-in", "trade": "trade-in", "testdrive": "test-drive"}
_NUMBER = re.compile(r"^[\d,]+(?:\.\d+)?$")


def lead_values(prospect: etree._Element) -> dict[str, str]:
    """Text per flat name; names without a value are left out."""
    customer = _child(prospect, "customer")
    contact = _child(customer, "contact") if _child(customer, "contact") is not None else customer
    if contact is None:
        contact = _child(prospect, "contact")
    found: dict[str, str | None] = {
        "prospect@status": _attribute(prospect, "status") or "new",
        "prospect/id": _text(_child(prospect, "id")),
        "prospect/id@source": _attribute(_child(prospect, "id"), "source"),
        "prospect/id[web client]": _web_client(prospect),
        "requestdate": _text(_child(prospect, "requestdate")),
        **_vehicles(prospect),
        **_person(contact),
        **_address(contact),
        "customer/comments": _text(_child(customer, "comments")),
        "customer/id": _text(_child(customer, "id")),
        "customer/timeframe": _text(_child(customer, "timeframe"), ", "),
        **_firms(prospect),
    }
    return {name: value for name, value in found.items() if value}


def _web_client(prospect: etree._Element) -> str | None:
    """The GA4 client id that a site's form sends as one more id."""
    ids = ((_attribute(one, "source") or "", one) for one in _children(prospect, "id"))
    return next((_text(one) for issuer, one in ids if re.sub(r"[^a-z0-9]+", "", issuer.lower()) in _WEB_CLIENT), None)


def _vehicles(prospect: etree._Element) -> dict[str, str | None]:
    vehicles = list(_children(prospect, "vehicle"))
    trades = [one for one in vehicles if _interest(one) == "trade-in"]
    wanted = next((one for one in vehicles if _interest(one) != "trade-in"), None)
    trade = trades[0] if trades else None
    parts = ("year", "make", "model", "trim", "vin", "stock", "price")
    found: dict[str, str | None] = {f"vehicle/{part}": _text(_child(wanted, part)) for part in parts}
    found |= {f"trade/{part}": _text(_child(trade, part)) for part in ("year", "make", "model", "vin")}
    return found | {
        "vehicle@interest": _interest(wanted) if wanted is not None else "trade-in" if trade is not None else None,
        "vehicle@status": _attribute(wanted, "status"),
        "vehicle/finance/method": (_text(_child(_child(wanted, "finance"), "method")) or "").lower(),
        "trade/odometer": _miles(_child(trade, "odometer")),
    }


def _interest(vehicle: etree._Element) -> str:
    said = (_attribute(vehicle, "interest") or "buy").lower()
    return _INTERESTS.get(re.sub(r"[\s_-]+", "", said), said)


def _miles(odometer: etree._Element | None) -> str | None:
    """The odometer in miles, from text or from value and units children; text that is no number stays as it is."""
    if odometer is None:
        return None
    value = _text(_child(odometer, "value")) or _text(odometer)
    units = (_attribute(odometer, "units") or _text(_child(odometer, "units")) or "").lower()
    if value and units.startswith("k") and _NUMBER.match(value):
        return str(round(float(value.replace(",", "")) * _KM_TO_MILES))
    return value


def _person(contact: etree._Element | None) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in _children(contact, "name"):
        said = [(_attribute(name, one) or "").lower() for one in ("part", "type")]
        part = next((_NAME_PARTS[one] for one in said if one in _NAME_PARTS), "full")
        party = next((one for one in said if one in _PARTIES), None)
        found.setdefault(f"customer/name@{part}", _text(name))
        found["customer/name@type"] = found.get("customer/name@type") or party
    phones = (one for one in _children(contact, "phone") if (_attribute(one, "type") or "").lower() not in _NOT_CALLED)
    found |= {f"customer/email[{at}]": one for at, one in _first_three(_children(contact, "email"))}
    return found | {f"customer/phone[{at}]": one for at, one in _first_three(phones)}


def _first_three(nodes: Iterable[etree._Element]) -> Iterator[tuple[int, str]]:
    texts = dict.fromkeys(text for text in map(_text, nodes) if text)
    return iter(list(enumerate(texts, 1))[:3])


def _address(contact: etree._Element | None) -> dict[str, str | None]:
    address = _child(contact, "address")
    lines = [*_children(address, "street"), *_children(address, "apartment")]
    street = " ".join(text for text in map(_text, lines) if text)
    parts = ("city", "regioncode", "postalcode", "country")
    return {"customer/address/street": street} | {f"customer/address/{part}": _text(_child(address, part)) for part in parts}


def _firms(prospect: etree._Element) -> dict[str, str | None]:
    vendor, provider = _child(prospect, "vendor"), _child(prospect, "provider")
    vendor_name = _text(_child(vendor, "vendorname")) or _text(_child(_child(vendor, "contact"), "name"))
    return {
        "vendor/id": _text(_child(vendor, "id")),
        "vendor/vendorname": vendor_name,
        "provider/name": _text(_child(provider, "name")) or _text(_child(_child(provider, "contact"), "name")),
        "provider/service": _text(_child(provider, "service")),
    }


def _children(node: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Children of a name, whatever its case and namespace."""
    if node is not None:
        yield from (one for one in node.iterchildren(etree.Element) if local_name(one).lower() == name)


def _child(node: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(node, name), None)


def _attribute(node: etree._Element | None, name: str) -> str | None:
    if node is None:
        return None
    return next((str(value).strip() for key, value in node.attrib.items() if str(key).lower() == name), None)


def _text(node: etree._Element | None, between: str = "") -> str | None:
    """All text below an element, trimmed; None where there is none."""
    if node is None:
        return None
    parts = [str(one) for one in node.itertext()]
    if between:
        parts = [one.strip() for one in parts if one.strip()]
    return between.join(parts).strip() or None


def local_name(node: etree._Element) -> str:
    """An element's name without its namespace. A recovered tag need not be a valid name, which lxml's own QName refuses."""
    return str(node.tag).rsplit("}", 1)[-1]
