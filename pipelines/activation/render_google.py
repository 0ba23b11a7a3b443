"""Google: request bodies of the Data Manager API, and the upload CSV of Google Ads.

Shape: https://developers.google.com/data-manager/api, ingestAudienceMembers and removeAudienceMembers. Names are hashed;
region and postal code are not, as Google asks. Consent and terms belong to ingesting only.
"""

import json
from typing import Any

import polars as pl

from pipelines.activation.render_rows import Account, added, joined, removed
from schemas.platforms import PlatformContract

CSV_HEADER = "Email,Phone,First Name,Last Name,Country,Zip"  # exactly, https://g.co/wudy8r


BEGINNINGS = {
    "email:": '{"emailAddress":"',
    "phone:": '{"phoneNumber":"',
    "address:": '{"address":{"givenName":"',
}


def google_files(contract: PlatformContract, where: Account, cell: str, segment: str, rows: pl.DataFrame) -> dict[str, bytes]:
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


def _destination(where: Account, cell: str) -> dict[str, Any]:
    account = {"accountType": "GOOGLE_ADS", "accountId": where.account}
    target = where.audience_id(cell)
    return {
        "destinations": [{"reference": cell, "operatingAccount": account, "productDestinationId": target}],
        "encoding": "HEX",
    }


def _requests(verb: str, rows: pl.DataFrame, contract: PlatformContract, frame: dict[str, Any]) -> dict[str, bytes]:
    """Request bodies of at most a batch of members each."""
    start = (json.dumps(frame, separators=(",", ":"))[:-1] + ',"audienceMembers":[').encode()
    members = rows.select(_member(contract.max_identifiers)).to_series()
    return {
        f"{verb}-{number:05d}.json": start + batch + b"]}\n"
        for number, batch in enumerate(joined(members, ",", contract.batch_members), start=1)
    }


def _member(most: int) -> pl.Expr:
    """One audience member as JSON text. Values are hex digests, two letters or five digits: nothing needs escaping."""
    one = pl.element()
    begun = one.str.replace_many(BEGINNINGS)
    for name in ("familyName", "regionCode", "postalCode"):  # address:given|family|region|postal, one bar at a time
        begun = begun.str.replace("|", f'","{name}":"', literal=True)
    end = pl.when(one.str.starts_with("address:")).then(pl.lit('"}}')).otherwise(pl.lit('"}'))
    listed = pl.col("identifiers").list.head(most).list.eval(pl.concat_str(begun, end)).list.join(",")
    return pl.concat_str(pl.lit('{"userData":{"userIdentifiers":['), listed, pl.lit("]}}"))


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
