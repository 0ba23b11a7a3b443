from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ingest_case import assert_adds_up, drop, known_after, take

from pipelines.ingest import Ingested

NAME = "adf_20261121_0931_site.xml"
WHEN = "<requestdate>2026-11-20T10:00:00-06:00</requestdate>"
WHO = "<customer><contact><name part='full'>Ann Lee</name></contact></customer>"


def leads(*prospects: str, head: str = '<?xml version="1.0"?><?adf version="1.0"?>') -> Ingested:
    return take("crm_leads", drop(NAME, f"{head}<adf>{''.join(prospects)}</adf>"))


def lead(inside: str, when: str = WHEN, who: str = WHO) -> dict[str, object]:
    result = leads(f"<prospect>{when}{inside}{who}</prospect>")
    assert result.files["status"].to_list() == ["accepted"]
    assert result.quarantine.is_empty(), result.quarantine.to_dicts()
    return result.accepted.row(0, named=True)


@pytest.mark.parametrize(
    "head",
    [
        '<?ADF VERSION "1.0"?>\n<?XML VERSION "1.0"?>',
        '\n<?xml version="1.0"?>',
        "",
        "<?adf version='1.0'?><?xml version='1.0'?>",
        "\ufeff",
    ],
)
def test_whatever_stands_before_the_root(head: str) -> None:
    assert leads(f"<prospect>{WHEN}{WHO}</prospect>", head=head).accepted["full_name"].to_list() == ["Ann Lee"]


def test_bare_ampersands_entities_and_less_than_signs() -> None:
    found = lead(
        "<vendor><vendorname>Chumney & Associates</vendorname></vendor><vehicle><make>A &lt; B &nbsp;< C&#33;</make></vehicle>"
    )
    assert found["vendor_name"] == "Chumney & Associates"
    assert found["make"] == "A < B \u00a0< C!"


def test_unquoted_attributes() -> None:
    found = lead('<id sequence=1 source="Impel">77</id><vehicle status=used interest=lease><year>2020</year></vehicle>')
    assert (found["lead_id"], found["lead_source"], found["condition"], found["interest"]) == ("77", "Impel", "used", "lease")
    assert found["row_key"] == "Impel|77||"


def test_a_prospect_closed_early_keeps_what_follows_it() -> None:
    firms = "<vendor><vendorname>V1</vendorname></vendor><provider><name>P1</name></provider>"
    text = f"<prospect>{WHEN}{WHO}</prospect>{firms}</prospect>"
    result = leads(text, f"<prospect>{WHEN}{WHO.replace('Ann', 'Bea')}</prospect>")
    assert result.accepted.select("line_number", "full_name", "vendor_name", "provider_name").rows() == [
        (1, "Ann Lee", "V1", "P1"),
        (2, "Bea Lee", None, None),
    ]


def test_a_vendor_before_the_prospects_is_every_prospects_vendor() -> None:
    result = leads("<vendor><vendorname>V</vendorname></vendor>", f"<prospect>{WHEN}{WHO}</prospect>")
    assert result.accepted["vendor_name"].to_list() == ["V"]


@pytest.mark.parametrize(
    ("names", "first", "last", "full", "party"),
    [
        ("<name part='first'>A</name><name part='surname'>B</name>", "A", "B", None, None),
        ("<name type='full'>A B</name>", None, None, "A B", None),
        ("<name>A B</name>", None, None, "A B", None),
        ("<name part='full' type='business'>A Inc</name>", None, None, "A Inc", "business"),
        ("<name part='First' type='individual'>A</name><name part='LAST'>B</name>", "A", "B", None, "individual"),
    ],
)
def test_names(names: str, first: str, last: str, full: str, party: str) -> None:
    found = lead("", who=f"<customer><contact>{names}<phone>1</phone></contact></customer>")
    assert (found["first_name"], found["last_name"], found["full_name"], found["party_type"]) == (first, last, full, party)


def test_phones_and_mails_keep_three_and_skip_blank_fax_and_repeats() -> None:
    contact = "".join(
        f"<phone type='{kind}'>{text}</phone>"
        for kind, text in [
            ("voice", ""),
            ("fax", "0"),
            ("cellphone", "1"),
            ("mobile", "1"),
            ("home", "2"),
            ("work", "3"),
            ("phone", "4"),
        ]
    )
    found = lead("", who=f"<customer><contact>{contact}<phone/><email/><email>a@b.co</email></contact></customer>")
    assert [found[f"phone_{at}"] for at in (1, 2, 3)] == ["1", "2", "3"]
    assert (found["email_1"], found["email_2"]) == ("a@b.co", None)


@pytest.mark.parametrize(
    ("odometer", "miles"),
    [
        ("<odometer units='mi'>62,137</odometer>", 62137),
        ("<odometer units='miles'>62137</odometer>", 62137),
        ("<odometer units='km'>100000</odometer>", 62137),
        ("<odometer><value>100,000</value><units>km</units></odometer>", 62137),
        ("<odometer>5</odometer>", 5),
        ("<odometer/>", None),
    ],
)
def test_the_trade_and_its_odometer(odometer: str, miles: int | None) -> None:
    found = lead(
        f"<vehicle interest='Trade In'><make>Kia</make>{odometer}</vehicle>"
        "<vehicle><make>Audi</make><price currency='USD'>$25,000</price></vehicle>"
    )
    assert (found["make"], found["trade_make"], found["trade_odometer"], found["interest"]) == ("Audi", "Kia", miles, "buy")
    assert found["price"] == Decimal("25000.00")


def test_cdata_with_html_and_comments() -> None:
    found = lead(
        "<!-- <prospect> -->",
        who=WHO.replace("</customer>", "<comments><![CDATA[<b>Hi</b> & <prospect>]]></comments></customer>"),
    )
    assert found["comments"] == "<b>Hi</b> & <prospect>"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2014-04-07T4:35:52 PM", datetime(2014, 4, 7, 21, 35, 52, tzinfo=UTC)),
        ("2000-03-30T15:30:20-08:0", datetime(2000, 3, 30, 23, 30, 20, tzinfo=UTC)),
        ("2008-06-25T8:47:50", datetime(2008, 6, 25, 13, 47, 50, tzinfo=UTC)),
    ],
)
def test_request_dates(text: str, when: datetime) -> None:
    assert lead("", when=f"<requestdate>{text}</requestdate>")["requested_at"] == when


def test_a_broken_prospect_does_not_spoil_the_next() -> None:
    result = leads(
        f"<prospect><requestdate>${{new Date().toISOString()}}</requestdate>{WHO}</prospect>",
        f"<prospect>{WHEN}</prospect>",
        f"<prospect>{WHEN}{WHO}</prospect>",
    )
    assert result.quarantine.select("line_number", "rule", "column_name").rows() == [
        (1, "requested_at|timestamp", "requestdate"),
        (2, "row|needs_one_of", None),
    ]
    assert result.accepted["line_number"].to_list() == [3]
    assert_adds_up(result)


def test_a_file_that_is_cut_off() -> None:
    result = take("crm_leads", drop(NAME, f"<adf><prospect>{WHEN}{WHO}</prospect><prospect>{WHEN}<customer><contact><na"))
    assert result.quarantine.select("line_number", "rule").rows() == [(2, "prospect|unclosed")]
    assert result.accepted.height == 1


def test_a_resent_lead_is_the_same_lead() -> None:
    identified = f"<id source='X'>1</id>{WHEN}{WHO}"
    first = leads(f"<prospect status='new'>{identified}</prospect>", f"<prospect>{WHEN}{WHO}</prospect>")
    text = f"<adf><prospect status='resend'>{identified}</prospect><prospect status='resend'>{WHEN}{WHO}</prospect></adf>"
    again = take("crm_leads", drop("adf_20261122_0931_site.xml", text), known=known_after(first))
    assert again.files.select("rows_read", "rows_superseded").rows() == [(2, 2)]


def test_entities_of_its_own_are_refused() -> None:
    bomb = "".join(f'<!ENTITY l{i} "&l{i - 1};&l{i - 1};&l{i - 1};">' for i in range(1, 40))
    for declared in (f'<!DOCTYPE adf [<!ENTITY l0 "lol">{bomb}]>', '<!DOCTYPE adf [<!ENTITY x SYSTEM "file:///etc/passwd">]>'):
        result = leads(f"<prospect>{WHEN}<id>&x;&l39;</id>{WHO}</prospect>", head=declared)
        assert result.quarantine["rule"].to_list() == ["file|entities"]


def test_elements_that_must_never_enter() -> None:
    secret = "<ssn>123-45-6789</ssn><id source='Drivers License'>D999</id>"
    result = leads(
        f"<prospect>{WHEN}{WHO.replace('<contact>', secret + '<contact>')}</prospect>",
        f"<prospect><requestdate>x</requestdate>{WHO.replace('<contact>', secret + '<contact>')}</prospect>",
        f"<prospect><requestdate>{secret}",
    )
    everything = str(result.accepted.to_dicts()) + str(result.quarantine.to_dicts())
    assert "6789" not in everything
    assert "D999" not in everything
    assert result.accepted["customer_id"].to_list() == [None]
    assert result.files["columns_dropped"].to_list() == [["Drivers License", "ssn"]]


def test_other_xml_is_refused_and_no_prospects_are_no_rows() -> None:
    assert "not ADF" in take("crm_leads", drop(NAME, "<rss/>")).files["error"][0]
    assert leads().files.select("status", "rows_read").rows() == [("accepted", 0)]


def test_a_declared_eight_bit_encoding_is_believed() -> None:
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?><adf><prospect>{WHEN}{WHO.replace("Ann", "Zoé")}</prospect></adf>'
    assert take("crm_leads", drop(NAME, text.encode("latin-1"))).accepted["full_name"].to_list() == ["Zoé Lee"]


def test_a_recovered_tag_that_is_no_valid_name_is_no_crash() -> None:
    result = leads(f"<prospect>{WHEN}<a2026-11-21T00:00:00/>{WHO}</prospect>", "<prospect><A2026-11-21T00:00:00")
    assert_adds_up(result)
    assert result.accepted["full_name"].to_list() == ["Ann Lee"]


@pytest.mark.parametrize(("issuer", "expected"), [("ga_client_id", "12.34"), ("GA Client ID", "12.34"), ("CRM", None)])
def test_the_web_client_that_a_form_sends_beside_its_own_id(issuer: str, expected: str | None) -> None:
    found = lead(f"<id sequence='1' source='Site'>7</id><id sequence='2' source='{issuer}'>12.34</id>")
    assert (found["lead_id"], found["lead_source"], found["web_client"]) == ("7", "Site", expected)
