"""Values typed to get past a mandatory field: nobody's e-mail, nobody's phone. Recognised by shape and by list.

Lists that differ by group live in policy identity.yaml and are passed in; only what is a placeholder everywhere is here.
A group's own numbers and domains are real, so they stay; identity keeps them from identifying anybody.
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

# local parts that desk staff type where a customer gives no address, on whatever domain
_LOCALS = frozenset(
    [
        "none",
        "no",
        "na",
        "nan",
        "null",
        "nil",
        "noemail",
        "no-email",
        "no.email",
        "no_email",
        "nomail",
        "noone",
        "nobody",
        "noaddress",
        "donthave",
        "donotemail",
        "dontemail",
        "declined",
        "refused",
        "unknown",
        "notgiven",
        "notprovided",
        "not.provided",
        "test",
        "testing",
        "test1",
        "tester",
        "asdf",
        "xxx",
        "xxxx",
        "noreply",
        "no-reply",
    ]
)
_DOMAINS = frozenset(
    [
        "none.com",
        "noemail.com",
        "no.com",
        "na.com",
        "nomail.com",
        "test.com",
        "noemail.net",
        "email.none",
        "donotemail.com",
        "refused.com",
    ]
)
_SERIES = frozenset({"1234567890", "0123456789", "9876543210", "1231231234", "1112223333"})


def is_placeholder_email(address: str, listed: Sequence[str] = ()) -> bool:
    """Whether a lower-case address is nobody's: by its local part, its domain, a repeated character, or a list.

    `listed` holds whole addresses, @domains, or patterns with * and ?.
    """
    local, _, domain = address.rpartition("@")
    if not local or local in _LOCALS or domain in _DOMAINS:
        return True
    if len(set(local)) == 1 and len(local) > 2:
        return True
    return any(_is_listed(address, domain, one.lower()) for one in listed)


def _is_listed(address: str, domain: str, pattern: str) -> bool:
    if pattern.startswith("@"):
        return domain == pattern[1:]
    return fnmatchcase(address, pattern)


def is_placeholder_phone(national: str, listed: Sequence[str] = ()) -> bool:
    """Whether ten digits are nobody's: one digit repeated, a series, seven equal digits at the end, or a list.

    `listed` holds numbers in any writing; their last ten digits count.
    """
    if national in _SERIES or len(set(national)) == 1 or len(set(national[3:])) == 1:
        return True
    return any(re.sub(r"\D", "", one)[-10:] == national for one in listed)
