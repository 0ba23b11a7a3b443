"""What the propensity to buy may look at: a closed list. Nothing else can reach the model; policy may only make it shorter.

Age, gender, ZIP, income, marital or parental status and everything appended or protected have no place here (Reg B, 12 CFR
1002.6; Meta and Google bar the same from audiences of credit offers), so that a credit offer may use what comes out.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Theme = Literal["vehicles", "browsing", "tools", "contact", "third_party", "rhythm", "contract", "ownership", "service", "mail"]
HORIZONS = (30, 90)  # days ahead; each has its own column for audience rules
POPULATIONS = ("customer", "contact", "web_only")  # bought or serviced here; known by name; a device and no more


@dataclass(frozen=True)
class Feature:
    """One thing that is known of a person at the end of a day. `title` is its name with its unit, for people."""

    theme: Theme
    title: str


FEATURES: MappingProxyType[str, Feature] = MappingProxyType(
    {
        "vehicle_pages_7": Feature("vehicles", "vehicle pages, half forgotten after 7 days"),
        "vehicle_pages_30": Feature("vehicles", "vehicle pages, half forgotten after 30 days"),
        "models_60": Feature("vehicles", "models looked at in 60 days"),
        "repeat_days_60": Feature("vehicles", "days on which one vehicle was looked at, in 60 days"),
        "browsing_14": Feature("browsing", "lists, offers, searches and reviews, half forgotten after 14 days"),
        "tools_14": Feature("tools", "payment tools, builders and forms begun, half forgotten after 14 days"),
        "forms_14": Feature("contact", "forms sent, half forgotten after 14 days"),
        "leads_30": Feature("contact", "leads of our own sites, half forgotten after 30 days"),
        "third_party_leads_30": Feature("contact", "leads of other sites, half forgotten after 30 days"),
        "talks_30": Feature("contact", "calls and chats with sales, half forgotten after 30 days"),
        "days_since_contact": Feature("contact", "days since the last form, lead, call or chat"),
        "third_party_30": Feature("third_party", "signals of other sites, half forgotten after 30 days"),
        "active_days_7": Feature("rhythm", "days of shopping in 7 days"),
        "active_days_30": Feature("rhythm", "days of shopping in 30 days"),
        "active_days_90": Feature("rhythm", "days of shopping in 90 days"),
        "trend_14": Feature("rhythm", "days of shopping in 14 days, less those of the 14 days before"),
        "breadth_30": Feature("rhythm", "kinds of shopping in 30 days"),
        "days_since_touch": Feature("rhythm", "days since the last shopping"),
        "days_since_first_touch": Feature("rhythm", "days since the first shopping in 120 days"),
        "lease_days_left": Feature("contract", "days to the end of the lease of the last deal"),
        "loan_months_left": Feature("contract", "months to the end of the loan of the last deal"),
        "equity_low_thousands": Feature("contract", "lower bound of equity, thousands of US dollars"),
        "months_since_sale": Feature("ownership", "months since the last deal here"),
        "deals": Feature("ownership", "deals here so far"),
        "deals_36m": Feature("ownership", "deals here in 36 months"),
        "vehicle_age_years": Feature("ownership", "years since the model year of the vehicle began"),
        "was_bought_new": Feature("ownership", "the last vehicle was bought new"),
        "is_service_only": Feature("service", "serviced here and never bought"),
        "months_since_service": Feature("service", "months since the last paid visit"),
        "visits_24m": Feature("service", "paid visits in 24 months"),
        "customer_pay_36m": Feature("service", "paid for service in 36 months, US dollars"),
        "service_requests_30": Feature("service", "service forms, calls and appointments, half forgotten after 30 days"),
        "mail_30": Feature("mail", "e-mails opened or clicked, half forgotten after 30 days"),
    }
)
