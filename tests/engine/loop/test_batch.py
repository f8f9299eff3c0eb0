from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ft_core.engine.loop.batch import BatchOrder
from ft_core.engine.pack.plan import PackingPlan


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 5))
def test_an_epoch_has_every_row_once_in_batches_of_the_size_asked_for(rows: int, size: int, seed: int) -> None:
    order = BatchOrder(rows, size, seed)
    for epoch in range(2):
        batches = [order.find(epoch * order.steps_per_epoch + number) for number in range(order.steps_per_epoch)]
        assert sorted(place for batch in batches for place in batch.places) == list(range(rows))
        assert [len(batch.places) for batch in batches[:-1]] == [size] * (len(batches) - 1)
        assert {batch.epoch for batch in batches} == {epoch}


def test_any_step_can_be_asked_for_and_epochs_differ() -> None:
    one, other = BatchOrder(50, 7, seed=3), BatchOrder(50, 7, seed=3)
    assert [one.find(step) for step in range(20)] == [other.find(step) for step in reversed(range(20))][::-1]
    assert one.find(0).places != one.find(one.steps_per_epoch).places
    assert one.find(0) != BatchOrder(50, 7, seed=4).find(0)


@given(st.lists(st.integers(11, 90), min_size=1, max_size=30), st.integers(0, 10), st.integers(40, 200))
def test_packs_hold_every_row_once_within_the_budget(lengths: list[int], prefix: int, budget: int) -> None:
    packs = PackingPlan("shared", prefix, budget).group(range(len(lengths)), lengths)
    assert sorted(place for pack in packs for place in pack) == list(range(len(lengths)))
    for pack in packs:
        assert len(pack) == 1 or prefix + sum(lengths[place] - prefix for place in pack) <= budget
    assert packs == PackingPlan("shared", prefix, budget).group(list(range(len(lengths)))[::-1], lengths)


def test_without_packing_every_row_goes_alone() -> None:
    assert PackingPlan("none", 0, 1000).group([2, 0], [5, 5, 5]) == [(2,), (0,)]
