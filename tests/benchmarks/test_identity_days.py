"""Days on one state: what must hold after each of them, over a month of arrivals, corrections, deletions and orders."""

import pytest

from benchmarks.identity_days import World, agree, begun, lived
from benchmarks.identity_increment import frozen_run


def month(records: int, days: int) -> World:
    world = begun(records, days)
    moved = unchanged = 0
    for day in lived(world, days):
        assert day.is_partition, day
        assert day.broken_orders == 0, day
        assert day.untold == 0, day
        assert day.caused == 1, day
        assert day.moved - day.by_order <= max(0.001 * day.unchanged, 5), day
        moved, unchanged = moved + day.moved - day.by_order, unchanged + day.unchanged
    assert moved <= 0.001 * unchanged
    whole = frozen_run(world.state, world.model, world.here, orders=world.orders).members
    assert agree(world.state.members, whole) >= 0.999
    return world


def test_some_days() -> None:
    month(1_500, 9)


@pytest.mark.slow
def test_thirty_days() -> None:
    world = month(10_000, 30)
    assert len(world.orders) == 2, "six orders were given, two of each kind were taken back"
