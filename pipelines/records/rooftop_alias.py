"""The names under which feeds know a rooftop: DMS ids, vendor names, hostnames, stream ids, its own phones."""

import polars as pl

from schemas.policy import Group

SCHEMA = {"alias": pl.String, "rooftop_id": pl.String}


def rooftop_aliases(group: Group) -> pl.DataFrame:
    """[alias, rooftop_id]; an alias is kind:name in lower case, where kind is rooftop, dealer, vendor, host, stream or phone.

    Where two rooftops claim a name the first in the policy keeps it.
    """
    rows = [
        (f"{kind}:{name.strip().lower()}", rooftop.rooftop_id)
        for rooftop in group.rooftops
        for kind, names in (
            ("rooftop", (rooftop.rooftop_id,)),
            ("dealer", rooftop.dealer_ids),
            ("vendor", (rooftop.title, *rooftop.vendor_names, rooftop.rooftop_id, *rooftop.dealer_ids)),
            ("host", rooftop.web_hostnames),
            ("stream", rooftop.web_stream_ids),
            ("phone", rooftop.phones),
        )
        for name in names
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").unique("alias", keep="first", maintain_order=True)


def rooftop_of(refs: list[str], aliases: pl.DataFrame) -> pl.Expr:
    """The rooftop named by the first of several columns of aliases that names one; null where none does."""
    known = dict(aliases.iter_rows())
    found = [pl.col(ref).replace_strict(known, default=None, return_dtype=pl.String) for ref in refs]
    return pl.coalesce(found)
