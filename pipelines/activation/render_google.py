"""Google: request bodies of the Data Manager API, and the upload CSV of Google Ads.

Shape: https://developers.google.com/data-manager/api, ingestAudienceMembers, removeAudienceMembers, removeAllAudienceMembers.
Names are hashed; region and postal code are not, as Google asks. Consent and terms belong to ingesting only.
"""

import json
from typing import Any

import polars as pl

from pipelines.activation.render_rows import Account, Drawn, Job, Part, Phase, added, joined, people, phases
from schemas.platforms import PlatformContract

CSV_HEADER = "Email,Phone,First Name,Last Name,Country,Zip"  # exactly, https://g.co/wudy8r
METHODS = {"add": "ingest", "replace": "ingest", "remove": "remove"}
GRANTED: dict[str, Any] = {
    "consent": {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"},
    "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
}
BEGINNINGS = {"email:": '"emailAddress":"', "phone:": '"phoneNumber":"'}
ADDRESS = r'address:([^|]*)\|([^|]*)\|([^|]*)\|([^"]*)"'
AS_ADDRESS = '"address":{"givenName":"${1}","familyName":"${2}","regionCode":"${3}","postalCode":"${4}"}'


def draw_google(contract: PlatformContract, job: Job) -> Drawn:
    """Ingest and remove requests and upload.csv; a full list ends with what drops whoever was last sent before it began."""
    into = _destination(job.where, job.cell)
    parts = [part for phase in phases(job) for part in _requests(phase, contract, into)]
    if job.is_full:
        body = _text({"destinations": into["destinations"], "removeAsOfTime": job.started_at})
        parts.append(Part("replace", "remove-all", body, request="POST /v1/audienceMembers:removeAll"))
    come = added(job.rows)
    return Drawn(tuple(parts), lambda: {"upload.csv": upload_csv(come)} if come.height else {})


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
    members = phase.rows.select(_member(contract.max_identifiers)).to_series()
    request = f"POST /v1/audienceMembers:{METHODS[phase.operation]}"
    size = contract.batch_members
    return [
        Part(
            phase.operation,
            phase.stem,
            start + batch + b"]}\n",
            people(phase.rows.slice(number * size, size)),
            request,
            is_urgent=phase.is_urgent,
        )
        for number, batch in enumerate(joined(members, ",", size))
    ]


def _member(most: int) -> pl.Expr:
    """One audience member as JSON text. Values are hex digests, two letters or five digits: nothing needs escaping."""
    listed = pl.col("identifiers").list.head(most).list.join('"},{')
    whole = pl.concat_str(pl.lit('{"userData":{"userIdentifiers":[{'), listed, pl.lit('"}]}}'))
    return whole.str.replace_many(BEGINNINGS).str.replace_all(ADDRESS, AS_ADDRESS)


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
