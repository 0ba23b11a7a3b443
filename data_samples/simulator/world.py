"""The simulated world: everything that is true, before any feed sees it."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from data_samples.simulator.accounts import make_accounts
from data_samples.simulator.days import Calendar
from data_samples.simulator.deals import make_deals
from data_samples.simulator.draws import Draws
from data_samples.simulator.garage import Catalogue
from data_samples.simulator.journeys import make_journeys
from data_samples.simulator.ownership import add_finance, make_spells
from data_samples.simulator.people import make_people
from data_samples.simulator.places import Places, find_places
from data_samples.simulator.resale import trade_and_resell
from data_samples.simulator.service import make_visits
from data_samples.simulator.stock import make_stock
from schemas.policy import Policy

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class World:
    """All tables of the world. Row position is the number by which other tables refer to a row."""

    policy: Policy
    draws: Draws
    calendar: Calendar
    places: Places
    people: pl.DataFrame
    spells: pl.DataFrame
    visits: pl.DataFrame
    deals: pl.DataFrame
    accounts: pl.DataFrame
    stock: pl.DataFrame
    journeys: pl.DataFrame


def make_world(policy: Policy, draws: Draws, calendar: Calendar, people_count: int, progress: Progress) -> World:
    """Builds the world from a policy. `progress` is told each step and the share done (0 to 1)."""
    places = find_places(policy)
    people = make_people(policy, draws, places, calendar, people_count)
    progress("people", 0.03)
    catalogue = Catalogue(policy, draws, calendar.now)
    spells = make_spells(policy, draws, people, catalogue, calendar)
    spells = add_finance(draws, trade_and_resell(draws, people, spells, calendar))
    progress("vehicles", 0.1)
    visits = make_visits(policy, draws, people, spells, calendar)
    deals = make_deals(policy, draws, people, spells, calendar)
    accounts = make_accounts(policy, draws, people, deals, visits, calendar)
    progress("deals and service", 0.18)
    stock = make_stock(policy, draws, catalogue, spells, deals, calendar, people_count)
    journeys = make_journeys(policy, draws, people, spells, calendar)
    progress("journeys", 0.2)
    return World(policy, draws, calendar, places, people, spells, visits, deals, accounts, stock, journeys)
