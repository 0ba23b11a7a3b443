"""Members to send in the tests of delivery, as the table of exports holds them, and what a platform then holds of them."""

import base64
import hashlib

import polars as pl

KINDS = {"google": ("email", "phone"), "meta": ("email", "phone", "extern_id"), "pinterest": ("email",), "linkedin": ("email",)}
KINDS |= {"snap": ("email", "phone"), "thetradedesk": ("email", "phone")}


def digest(text: str, platform: str = "") -> str:
    found = hashlib.sha256(text.encode())
    return base64.b64encode(found.digest()).decode() if platform == "thetradedesk" else found.hexdigest()


def identifiers(platform: str, person: str) -> list[str]:
    values = {kind: digest(f"{kind} {person}", platform) for kind in ("email", "phone")} | {"extern_id": person}
    return [f"{kind}:{values[kind]}" for kind in KINDS[platform]]


def rows(platform: str, *people: str, action: str = "add", cause: str = "entered", cell: str = "loyalty") -> pl.DataFrame:
    """A row per person, of one action."""
    found = {
        "platform": platform,
        "cell": cell,
        "segment": "loyalty",
        "person_id": list(people),
        "action": action,
        "cause": cause,
        "identifiers": [identifiers(platform, one) for one in people],
        "withdrawn": [[] for _ in people],
    }
    lists = {"identifiers": pl.List(pl.String), "withdrawn": pl.List(pl.String)}
    return pl.DataFrame(found, schema_overrides={"person_id": pl.String, **lists})


def held(platform: str, *people: str) -> set[str]:
    """What the platform's server keeps of people, in that server's words, over all audiences of a cell."""
    named = {value.partition(":") for person in people for value in identifiers(platform, person)}
    match platform:
        case "google":
            return {f"{kind}:{value}" for kind, _, value in named}
        case "meta":
            return {f"{kind.upper()}:{value}" for kind, _, value in named}
        case "thetradedesk":
            return {f"{kind.capitalize()}HashedUnifiedId2:{value}" for kind, _, value in named}
    return {value for _, _, value in named}
