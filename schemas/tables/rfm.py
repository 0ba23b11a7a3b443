"""Recency, frequency and monetary value: of people, and of households."""

import dataframely as dy

from schemas.contract import Limits, Table
from schemas.vocabulary import household_id, money, person_id, rooftop_id


def _fifth(what: str, among: str) -> dy.Int64:
    return dy.Int64(nullable=True, min=1, max=5, description=f"5 is {what}, within {among}; equal values share a fifth")


def _score(of: str, among: str) -> dy.Float64:
    text = f"fifths of {of} within {among}, weighted as in policy scoring.yaml"
    return dy.Float64(nullable=True, min=0, max=5, description=text)


ROOFTOP, SALES, SERVICE = "the home rooftop", "the rooftop of the last deal", "the rooftop of the last visit"
BRAND = "all rooftops of that rooftop's brand"


class RfmFigures(dy.Schema):
    """Figures of sales, of service and of both. Internal and warranty pay are left out of money and of frequency."""

    home_rooftop_id = rooftop_id()
    last_sale_on = dy.Date(nullable=True, description="last deal here")
    sales_36m = dy.Int64(min=0, description="deals in 36 months")
    sales_gross_36m = money("gross of deals in 36 months, US dollars", nullable=False)
    last_service_on = dy.Date(nullable=True, description="last repair order with customer or warranty pay")
    services_24m = dy.Int64(min=0, description="customer-pay repair orders in 24 months")
    customer_pay_36m = money("customer pay in 36 months, US dollars", nullable=False)
    recency_quintile = _fifth("most recent", ROOFTOP)
    frequency_quintile = _fifth("most frequent", ROOFTOP)
    monetary_quintile = _fifth("most valuable", ROOFTOP)
    rfm_score = _score("sales and service together", ROOFTOP)
    first_service_on = dy.Date(nullable=True, description="first repair order with customer or warranty pay")
    sales_rooftop_id = rooftop_id()
    sales_recency_quintile = _fifth("most recent", SALES)
    sales_frequency_quintile = _fifth("most deals", SALES)
    sales_monetary_quintile = _fifth("most gross", SALES)
    sales_score = _score("sales", SALES)
    sales_brand_recency_quintile = _fifth("most recent", BRAND)
    sales_brand_frequency_quintile = _fifth("most deals", BRAND)
    sales_brand_monetary_quintile = _fifth("most gross", BRAND)
    sales_brand_score = _score("sales", BRAND)
    service_rooftop_id = rooftop_id()
    service_recency_quintile = _fifth("most recent", SERVICE)
    service_frequency_quintile = _fifth("most customer-pay orders", SERVICE)
    service_monetary_quintile = _fifth("most customer pay", SERVICE)
    service_score = _score("service", SERVICE)
    service_brand_recency_quintile = _fifth("most recent", BRAND)
    service_brand_frequency_quintile = _fifth("most customer-pay orders", BRAND)
    service_brand_monetary_quintile = _fifth("most customer pay", BRAND)
    service_brand_score = _score("service", BRAND)


class Rfm(RfmFigures):
    """Figures per person. A deal is its buyer's, not again its co-buyer's."""

    person_id = person_id(key=True)


class HouseholdRfm(RfmFigures):
    """Figures per household: each deal and order of a member once."""

    household_id = household_id(key=True)


RFM = Table(
    "rfm",
    "traits",
    Rfm,
    "Recency, frequency and monetary value per person, for sales and for service.",
    limits=Limits(references={"person_id": "person.person_id"}),
)
HOUSEHOLD_RFM = Table(
    "household_rfm",
    "traits",
    HouseholdRfm,
    "Recency, frequency and monetary value per household, for sales and for service.",
    limits=Limits(references={"household_id": "household.household_id"}),
)
