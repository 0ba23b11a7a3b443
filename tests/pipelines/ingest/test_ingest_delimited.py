import polars as pl
from ingest_case import FEEDS, GOOD_CALL, assert_adds_up, calls, deal_file, drop, take

SALES = "DVD46315_20261121_0512_SL.txt"


def test_header_drift_that_means_nothing_is_mapped() -> None:
    header = '\ufeffCALL-ID, "Started At" ,From,Dialed Number,duration,Outcome'
    result = take("call_tracking", drop("calls_20261121.csv", calls(GOOD_CALL, header=header)))
    assert result.accepted.select("call_id", "caller", "tracked_number", "duration_seconds").rows() == [
        ("c1", "8005550100", "8005550199", 30)
    ]


def test_line_numbers_are_physical_lines() -> None:
    text = calls(
        GOOD_CALL,
        'c2,2026-11-20T10:00:00Z,"a ""b"",\n\nc",8005550199,30,answered',
        "",
        "c3,2026-11-20T10:00:00Z,x,8005550199,thirty,answered",
    )
    result = take("call_tracking", drop("calls_20261121.csv", text))
    assert result.accepted.select("line_number", "caller").rows() == [(2, "8005550100"), (3, 'a "b",\n\nc')]
    assert result.quarantine.select("line_number", "rule", "value").rows() == [(7, "duration_seconds|integer", "thirty")]
    assert_adds_up(result)


def test_a_stray_quote_costs_one_line() -> None:
    text = calls(
        'c1,2026-11-20T10:00:00Z,"open,8005550199,30,answered',
        GOOD_CALL,
        GOOD_CALL.replace("c1", "c3").replace("8005550100", '5" tall'),
        *(GOOD_CALL.replace("c1", f"d{i}") for i in range(300)),
    )
    result = take("call_tracking", drop("calls_20261121.csv", text))
    assert result.quarantine.select("line_number", "rule").rows() == [(2, "row|open_quote")]
    assert result.accepted.height == 302
    assert '5" tall' in result.accepted["caller"].to_list()


def test_rows_with_another_number_of_cells_are_quarantined_whole() -> None:
    result = take("call_tracking", drop("calls_20261121.csv", calls("a,b", GOOD_CALL, GOOD_CALL + ",x", 'q,"1",2')))
    assert result.quarantine.select("line_number", "rule", "raw_text").rows() == [
        (2, "row|too_few_cells", "a,b"),
        (4, "row|too_many_cells", GOOD_CALL + ",x"),
        (5, "row|too_few_cells", 'q,"1",2'),
    ]


def test_one_quarantine_row_lists_every_broken_rule_and_no_value() -> None:
    row = ",soon,x,,-1,answerd"
    found = take("call_tracking", drop("calls_20261121.csv", calls(row))).quarantine.row(0, named=True)
    assert (found["rule"], found["column_name"], found["value"]) == ("call_id|required", "call_id", None)
    for name in ("call_id", "started_at", "tracked_number", "duration_seconds", "outcome"):
        assert f"'{name}'" in found["reason"]
    assert "soon" not in found["reason"]
    assert found["raw_text"] == row
    assert found["header_text"] == calls().strip()


def test_the_nearest_accepted_value_is_named() -> None:
    row = GOOD_CALL.replace("answered", "answerd")
    found = take("call_tracking", drop("calls_20261121.csv", calls(row))).quarantine.row(0, named=True)
    assert (found["rule"], found["value"]) == ("outcome|accepted", "answerd")
    assert "answered" in found["fix"]


def test_a_row_needs_one_of_its_identifiers() -> None:
    text = "first_name,email\nAnn,\nBob,bob@example.com\n"
    result = take("crm_contacts", drop("crm_contacts_20261121.csv", text))
    assert result.quarantine.select("line_number", "rule").rows() == [(2, "row|needs_one_of")]


def test_forbidden_columns_never_enter() -> None:
    header = "call_id,Customer SSN,started_at,caller,tracked_number,duration_seconds,DriversLicenseNo"
    text = calls(
        "c1,123-45-6789,2026-11-20T10:00:00Z,x,1,30,D999", 'c2,"123-45-6789",bad,x,1,30,D999', "c3,123-45-6789", header=header
    )
    result = take("call_tracking", drop("calls_20261121.csv", text))
    assert result.files["columns_dropped"].to_list() == [["Customer SSN", "DriversLicenseNo"]]
    everything = str(result.accepted.to_dicts()) + str(result.quarantine.to_dicts())
    assert "6789" not in everything
    assert "D999" not in everything
    assert result.quarantine["raw_text"][0] == "c2,,bad,x,1,30,"


def test_tsv_quotes_are_data_and_leading_zeros_survive() -> None:
    text = deal_file({"Deal Number": "000123", "Customer Number": "0007", "Full Name": 'O"NEIL, "JR'})
    result = take("dms_sales", drop(SALES, text))
    assert result.accepted.select("row_key", "deal_number", "customer_number", "customer_full_name").rows() == [
        ("DVD1|000123", "000123", "0007", 'O"NEIL, "JR')
    ]


def test_a_tab_or_line_break_inside_an_unquoted_value() -> None:
    text = deal_file({"Deal Number": "1", "Full Name": "A\tB"}, {"Deal Number": "2", "Full Name": "A\nB"}, {"Deal Number": "3"})
    result = take("dms_sales", drop(SALES, text))
    assert result.quarantine.select("line_number", "rule").rows() == [
        (2, "row|too_many_cells"),
        (3, "row|too_few_cells"),
        (4, "row|too_few_cells"),
    ]
    assert result.accepted["deal_number"].to_list() == ["3"]


def test_a_partial_file_of_a_fixed_layout_is_fine_and_a_strange_column_is_not() -> None:
    partial = deal_file({"Deal Number": "1"}, header=("DV Dealer ID", "Deal Number", "Bank Name"))
    assert take("dms_sales", drop(SALES, partial)).accepted["deal_number"].to_list() == ["1"]
    strange = deal_file({"Deal Number": "1"}, header=("DV Dealer ID", "Deal Number", "Deal Statuss"))
    assert "'Deal Statuss' (nearest: 'Deal Status')" in take("dms_sales", drop(SALES, strange)).files["error"][0]


def test_co_buyer_headers_match_in_both_published_spellings() -> None:
    for spelling in ("Co Buyer Block Email", "Co-Buyer Block Email"):
        text = deal_file({"Deal Number": "1", spelling: "Y"}, header=("DV Dealer ID", "Deal Number", spelling))
        assert take("dms_sales", drop(SALES, text)).accepted["co_buyer_block_email"].to_list() == [True]


def test_published_headers_carry_every_declared_field() -> None:
    for name in ("dms_sales", "dms_service", "dms_appointments"):
        feed = FEEDS[name]
        result = take(feed, drop(feed.example, "\t".join(feed.header) + "\n"))
        assert result.files.select("status", "error").rows() == [("accepted", None)]
        assert {one.raw for one in feed.fields} <= set(feed.header), name
        assert len(set(feed.header)) == len(feed.header)


def test_accepted_has_exactly_the_schema() -> None:
    for feed in FEEDS.values():
        result = take(feed)
        assert result.accepted.schema == feed.schema().create_empty().schema
    result = take("call_tracking", drop("calls_20261121.csv", calls(GOOD_CALL)))
    assert result.accepted.schema == FEEDS["call_tracking"].schema().create_empty().schema
    assert isinstance(result.accepted["started_at"].dtype, pl.Datetime)


def test_a_blank_header_cell_is_said_to_be_blank() -> None:
    text = calls(GOOD_CALL + ",", header=calls().strip() + ",")
    assert "(blank)" in take("call_tracking", drop("calls_20261121.csv", text)).files["error"][0]


def test_lone_carriage_returns_end_lines_too() -> None:
    assert take("call_tracking", drop("calls_20261121.csv", calls(GOOD_CALL).replace("\n", "\r"))).accepted.height == 1


def test_cells_of_any_size_and_carriage_returns_inside_a_line_are_a_row_s_matter() -> None:
    long = "x" * 1_000_000
    rows = (
        "c1,2026-11-20T10:00:00Z,ab\rcd,1,1,bad,s",
        f'c2,2026-11-20T10:00:00Z,"{long}",1,1,sale,s',
        'c3,"2026-11-20"\rx,a,1,1,sale,s',
    )
    header = "call_id,started_at,caller,tracked_number,duration_seconds,outcome,ssn"
    result = take("call_tracking", drop("calls_20261121.csv", calls(*rows, header=header)))
    assert result.accepted["caller"].to_list() == [long]
    assert result.quarantine["line_number"].to_list() == [2, 4]
    assert_adds_up(result)
    result = take("call_tracking", drop("calls_20261121.csv", long))
    assert result.files["status"].to_list() == ["rejected"]


def test_a_steward_s_reference_that_is_none_is_quarantined_with_what_would_be_one() -> None:
    good = (
        "customer:DVD46301|0001029",
        "Email: jo@example.com",
        "phone:(800) 555-0100",
        "record:dms_sales:DVD46315|000123:buyer",
    )
    bad = ("banana", "record:", "email:", "phone:123", "customer:DVD46301", "a:b")
    rows = [f"R{n},2026-11-20T10:00:00Z,must_link,{left},{good[0]},why,s" for n, left in enumerate((*good, *bad))]
    text = "\n".join(["rule_id,decided_at,rule,left,right,reason,steward", *rows])
    result = take("identity_rules", drop("identity_rules_20261121.csv", text))
    assert result.accepted["left_ref"].to_list() == list(good)
    assert result.quarantine["rule"].to_list() == ["left_ref|pattern"] * len(bad)
    assert "customer:<dealer id>|<number>" in result.quarantine["reason"][0]
    assert_adds_up(result)
