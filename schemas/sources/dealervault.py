"""Column blocks that the three DealerVault feeds share. Declared once here; this module is not a feed."""

from schemas.contract import Field, Kind

IDENTITY = (
    Field("DV Dealer ID", "dealer_id", required=True, description="DealerVault rooftop id, DVD#####"),
    Field("DMS Type", "dms_type", description="the rooftop's DMS"),
)


def person(prefix: str, name: str) -> tuple[Field, ...]:
    """The customer block (prefix "") or the co-buyer block (prefix "Co-Buyer "), canonical names beginning with `name`."""
    spaced = prefix.replace("-", " ")  # the published header spells three of the co-buyer's columns without the hyphen
    personal = (
        ("Full Name", "full_name"),
        ("Salutation", "salutation"),
        ("First Name", "first_name"),
        ("Middle Name", "middle_name"),
        ("Last Name", "last_name"),
        ("Suffix", "suffix"),
        ("Address Line 1", "address_1"),
        ("Address Line 2", "address_2"),
        ("City", "city"),
        ("State", "state"),
        ("Zip", "zip"),
        ("Home Phone", "home_phone"),
        ("Cell Phone", "cell_phone"),
        ("Work Phone", "work_phone"),
        ("Email 1", "email_1"),
        ("Email 2", "email_2"),
        ("Email 3", "email_3"),
    )
    return (
        Field(f"{prefix}Customer Number", f"{name}number", description="customer number at this rooftop, leading zeros kept"),
        *(Field(prefix + raw, name + canonical, is_personal=True) for raw, canonical in personal),
        Field(f"{prefix}Birth Date", f"{name}birth_date", Kind.DATE, is_personal=True),
        Field(f"{prefix}Individual/Business Flag", f"{name}party_type", description="I individual, B business"),
        Field(f"{prefix}Opt Out", f"{name}opt_out", Kind.FLAG),
        Field(f"{spaced}Block Email", f"{name}block_email", Kind.FLAG, aliases=(f"{prefix}Block Email",)),
        Field(f"{spaced}Block Phone", f"{name}block_phone", Kind.FLAG, aliases=(f"{prefix}Block Phone",)),
        Field(f"{spaced}Block Mail", f"{name}block_mail", Kind.FLAG, aliases=(f"{prefix}Block Mail",)),
    )


CUSTOMER = (
    *person("", "customer_"),
    Field("Customer Last Activity Date", "customer_last_activity_on", Kind.DATE),
)

VEHICLE = (
    Field("VIN", "vin", Kind.VIN),
    Field("Year", "year", Kind.INTEGER),
    Field("Make", "make"),
    Field("Model", "model"),
    Field("Trim", "trim"),
    Field("In Service Date", "in_service_on", Kind.DATE),
)

CASS = (
    Field("CASS_STD_LINE1", "cass_line_1", is_personal=True),
    Field("CASS_STD_CITY", "cass_city", is_personal=True),
    Field("CASS_STD_STATE", "cass_state"),
    Field("CASS_STD_ZIP", "cass_zip", is_personal=True),
    Field("CASS_STD_ZIP4", "cass_zip4", is_personal=True),
    Field("CASS_STD_ERROR_CD", "cass_error", description="blank or 0 where the address is clean"),
)
