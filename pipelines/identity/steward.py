"""The steward's orders: references to records, e-mails, phones and customer numbers become pairs of records."""

import polars as pl

from pipelines.identity.encode import Encoded


def steward_orders(encoded: Encoded, rules: pl.DataFrame) -> pl.DataFrame:
    """Orders in force between records: left_record_id < right_record_id, kind (must_link or must_not_link).

    The newest row of a rule_id counts; a withdrawn one ends. Everybody that left names is tied to everybody that right
    names; where the two name the same record, nothing is ordered about it. An order about nobody known makes no edge,
    nor does one whose sides are the same reference: it would set all who share an e-mail apart.
    """
    newest = rules.sort("rule_id", "decided_at", "version_at", "line_number").unique("rule_id", keep="last", maintain_order=True)
    in_force = newest.filter(pl.col("rule") != "withdraw").select("rule_id", "rule", "left_ref", "right_ref")
    known = _references(encoded)
    left = _resolved(in_force, "left_ref", known)
    right = _resolved(in_force, "right_ref", known)
    is_itself = (pl.col("kind") == pl.col("kind_of")) & (pl.col("value") == pl.col("value_of"))
    pairs = left.join(right, on=["rule_id", "rule"], suffix="_of").filter((pl.col("rec") != pl.col("rec_of")) & ~is_itself)
    ids = encoded.records.select("rec", "record_id")
    ends = pairs.join(ids, on="rec").join(ids, left_on="rec_of", right_on="rec", suffix="_end")
    low, high = pl.min_horizontal("record_id", "record_id_end"), pl.max_horizontal("record_id", "record_id_end")
    orders = ends.select(left_record_id=low, right_record_id=high, kind="rule")
    order = orders.sort("left_record_id", "right_record_id", pl.col("kind") != "must_not_link")
    return order.unique(["left_record_id", "right_record_id"], keep="first", maintain_order=True)


def _references(encoded: Encoded) -> pl.DataFrame:
    """kind, value, rec of everything that an order may name."""
    records = encoded.records.select(kind=pl.lit("record"), value="record_id", rec="rec")
    carried = encoded.identifiers.filter(pl.col("kind").is_in(["email", "phone", "customer"])).select("kind", "value", "rec")
    return pl.concat([records, carried])


def _resolved(orders: pl.DataFrame, column: str, known: pl.DataFrame) -> pl.DataFrame:
    """rule_id, rule, rec of the records that one side names, and kind and value by which it names them."""
    kind, rest = pl.col("kind"), pl.col("rest")
    digits = rest.str.replace_all(r"\D", "")
    phone = pl.when(digits.str.len_chars() == 10).then("+1" + digits).otherwise("+" + digits)
    split = orders.select(
        "rule_id",
        "rule",
        kind=pl.col(column).str.split_exact(":", 1).struct.field("field_0").str.strip_chars().str.to_lowercase(),
        rest=pl.col(column).str.replace(r"^[^:]*:", "").str.strip_chars(),
    )
    value = (
        pl.when(kind == "email").then(rest.str.to_lowercase())
        .when(kind == "phone").then(phone)
        .otherwise(rest)
    )  # fmt: skip
    return split.select("rule_id", "rule", "kind", value=value).join(known, on=["kind", "value"])
