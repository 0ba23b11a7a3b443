"""Google: request bodies of the Data Manager API, and the upload CSV of Google Ads.

Shape: https://developers.google.com/data-manager/api, ingestAudienceMembers, removeAudienceMembers, removeAllAudienceMembers.
Names are hashed; region and postal code are not, as Google asks. Consent and terms belong to ingesting only.
"""

import json
from typing import Any

import polars as pl

from pipelines.activation.render_rows import Account, Drawn, Job, Part, Phase, added, joined, joined_pieces, phases
from schemas.platforms import PlatformContract

CSV_HEADER = "Email,Phone,First Name,Last Name,Country,Zip"  # exactly, https://g.co/wudy8r
METHODS = {"add": "ingest", "replace": "ingest", "remove": "remove"}
GRANTED: dict[str, Any] = {
    "consent": {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"},
    "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
}
OPENING, CLOSING = '{"userData":{"userIdentifiers":[', "]}}"
NAMES = {"email": '{"emailAddress":"', "phone": '{"phoneNumber":"', "address": '{"address":{"givenName":"'}
PARTS = ('","familyName":"', '","regionCode":"', '","postalCode":"')


def draw_google(contract: PlatformContract, job: Job) -> Drawn:
    """Ingest and remove requests and upload.csv; a full list ends with what drops whoever was last sent before it began."""
    into = _destination(job.where, job.cell)
    parts = [part for phase in phases(job) for part in _requests(phase, contract, into)]
    if job.is_full:
        body = _text({"destinations": into["destinations"], "removeAsOfTime": job.started_at})
        parts.append(Part("replace", "remove-all", body, request="POST /v1/audienceMembers:removeAll"))
    return Drawn(tuple(parts), lambda: {"upload.csv": upload_csv(come)} if (come := added(job.rows)).height else {})


def _destination(where: Account, cell: str) -> dict[str, Any]:
    account = {"accountType": "GOOGLE_ADS", "accountId": where.account}
    target = where.audience_id(cell)
    return {
        "destinations": [{"reference": cell, "operatingAccount": account, "productDestinationId": target}],
        "encoding": "HEX",
    }


def _requests(phase: Phase, contract: PlatformContract, into: dict[str, Any]) -> list[Part]:
    """Request bodies of at most a batch of members each."""
    frame = into if phase.operation == "remove" else into | GRANTED
    start = (json.dumps(frame, separators=(",", ":"))[:-1] + ',"audienceMembers":[').encode()
    request = f"POST /v1/audienceMembers:{METHODS[phase.operation]}"
    texts = joined_pieces(phase.rows, lambda rows: _pieces(rows, contract.max_identifiers), contract.batch_members)
    return [
        Part(phase.operation, phase.stem, b"".join((start, text, b"]}\n")), members, request, is_urgent=phase.is_urgent)
        for text, members in texts
    ]


def _pieces(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """member, text: a piece of JSON per identifier; the first of a member begins it, the last ends it, with a comma.

    Values are hex digests, two letters or five digits: nothing needs escaping.
    """
    known = rows.select(member=pl.int_range(pl.len()), one=pl.col("identifiers").list.head(most))
    flat = known.explode("one", empty_as_null=True)
    of = pl.col("member")
    is_first, is_last = of != of.shift(1, fill_value=-1), of != of.shift(-1, fill_value=-1)
    flat = flat.with_columns(kind=pl.col("one").str.head(1), is_first=is_first, is_last=is_last)
    is_address = flat.get_column("kind") == "a"
    addresses = flat.filter(is_address).select(_address()).to_series()
    others = flat.filter(~is_address).select(pl.col("one").str.slice(len("email:"))).to_series()  # as long as phone:
    place = pl.when(is_address).then(is_address.cum_sum() - 1).otherwise(len(addresses) + (~is_address).cum_sum() - 1)
    value = pl.concat([addresses, others]).gather(pl.select(place).to_series())
    kind, starts, ends = pl.col("kind"), pl.lit(None, pl.String), pl.lit('"},')
    for name, text in NAMES.items():
        first = pl.when("is_first").then(pl.lit(OPENING + text)).otherwise(pl.lit(text))
        starts = pl.when(kind == name[0]).then(first).otherwise(starts)
    for close, is_it in (('"}', kind != "a"), ('"}}', kind == "a")):
        last = pl.when("is_last").then(pl.lit(f"{close}{CLOSING},")).otherwise(pl.lit(f"{close},"))
        ends = pl.when(is_it).then(last).otherwise(ends)
    return flat.with_columns(value).select("member", text=pl.concat_str(starts, value.name, ends))


def _address() -> pl.Expr:
    """The four parts of an address with the names between them."""
    part = pl.col("one").str.strip_prefix("address:").str.split_exact("|", len(PARTS)).struct
    return pl.concat_str(part[0], *(text for place, name in enumerate(PARTS) for text in (pl.lit(name), part[place + 1]))).alias(
        "one"
    )


def upload_csv(rows: pl.DataFrame) -> bytes:
    """The upload file: one line per member with the best of each identifier. Country and Zip are plain, never hashed."""
    table = rows.select(row=pl.int_range(pl.len()))
    flat = rows.select(row=pl.int_range(pl.len()), one="identifiers").explode("one", empty_as_null=True)
    for kind in ("email", "phone", "address"):
        held = flat.filter(pl.col("one").str.starts_with(f"{kind}:")).unique("row", keep="first", maintain_order=True)
        value = pl.col("one").str.slice(len(kind) + 1).alias(kind)
        table = table.join(held.select("row", value), on="row", how="left", maintain_order="left")
    address = pl.col("address").str.replace_all("|", ",", literal=True).fill_null(",,,")
    line = pl.concat_str(pl.col("email").fill_null(""), pl.col("phone").fill_null(""), address, separator=",")
    return (CSV_HEADER + "\n").encode() + b"".join(joined(table.select(line).to_series(), "\n")) + b"\n"


def _text(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, separators=(",", ":")) + "\n").encode()
