"""Google: request bodies of the Data Manager API, and the upload CSV of Google Ads.

Shape: https://developers.google.com/data-manager/api, ingestAudienceMembers and removeAudienceMembers. Names are hashed;
region and postal code are not, as Google asks. Consent and terms belong to ingesting only.
"""

import json
from typing import Any, Protocol

import polars as pl

from pipelines.activation.render_rows import added, batches, joined, removed
from schemas.platforms import PlatformContract

CSV_HEADER = "Email,Phone,First Name,Last Name,Country,Zip"  # exactly, https://g.co/wudy8r


class Where(Protocol):
    """The account and the audience ids."""

    account: str
    audience_ids: Any


def google_files(contract: PlatformContract, where: Where, cell: str, segment: str, rows: pl.DataFrame) -> dict[str, bytes]:
    """Files of one cell: add-00001.json ..., remove-00001.json ..., upload.csv. `segment` does not matter to Google."""
    del segment
    into = _destination(where, cell)
    granted = {
        "consent": {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"},
        "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
    }
    come, go = added(rows), removed(rows)
    files = _requests("add", come, contract, into | granted) | _requests("remove", go, contract, into)
    if come.height:
        files["upload.csv"] = upload_csv(come)
    return files


def _destination(where: Where, cell: str) -> dict[str, Any]:
    account = {"accountType": "GOOGLE_ADS", "accountId": where.account}
    target = where.audience_ids.get(cell, cell)
    return {
        "destinations": [{"reference": cell, "operatingAccount": account, "productDestinationId": target}],
        "encoding": "HEX",
    }


def _requests(verb: str, rows: pl.DataFrame, contract: PlatformContract, frame: dict[str, Any]) -> dict[str, bytes]:
    """Request bodies of at most a batch of members each."""
    start = (json.dumps(frame, separators=(",", ":"))[:-1] + ',"audienceMembers":[').encode()
    members = rows.select(_member(contract.max_identifiers)).to_series()
    return {
        f"{verb}-{number:05d}.json": start + joined(batch, ",") + b"]}\n"
        for number, batch in enumerate(batches(members, contract.batch_members), start=1)
    }


def _member(most: int) -> pl.Expr:
    """One audience member as JSON text. Values are hex digests, two letters or five digits: nothing needs escaping."""
    one = pl.element()
    parts = one.str.slice(8).str.split_exact("|", 3)
    address = pl.concat_str(
        pl.lit('{"address":{"givenName":"'),
        parts.struct[0],
        pl.lit('","familyName":"'),
        parts.struct[1],
        pl.lit('","regionCode":"'),
        parts.struct[2],
        pl.lit('","postalCode":"'),
        parts.struct[3],
        pl.lit('"}}'),
    )
    drawn = (
        pl.when(one.str.starts_with("email:"))
        .then(pl.concat_str(pl.lit('{"emailAddress":"'), one.str.slice(6), pl.lit('"}')))
        .when(one.str.starts_with("phone:"))
        .then(pl.concat_str(pl.lit('{"phoneNumber":"'), one.str.slice(6), pl.lit('"}')))
        .otherwise(address)
    )
    listed = pl.col("identifiers").list.head(most).list.eval(drawn).list.join(",")
    return pl.concat_str(pl.lit('{"userData":{"userIdentifiers":['), listed, pl.lit("]}}"))


def upload_csv(rows: pl.DataFrame) -> bytes:
    """The upload file: one line per member with the best of each identifier. Country and Zip are plain, never hashed."""
    first = [_first("email:"), _first("phone:")]
    address = _first("address:").str.split_exact("|", 3)
    places = [address.struct[number].fill_null("") for number in range(4)]
    lines = rows.select(pl.concat_str(*first, *places, separator=",")).to_series()
    return (CSV_HEADER + "\n").encode() + joined(lines, "\n") + b"\n"


def _first(prefix: str) -> pl.Expr:
    """The value of the first identifier with a prefix; empty where there is none."""
    held = pl.element().filter(pl.element().str.starts_with(prefix)).first().str.slice(len(prefix))
    return pl.col("identifiers").list.eval(held).list.first().fill_null("")
