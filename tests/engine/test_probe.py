from __future__ import annotations

from ft_core.config import FineTuneConfig
from ft_core.engine.loading import LoadedBase
from ft_core.engine.probe import PROBE_SIZE, choose_probe
from ft_core.engine.rows import Row, make_rows
from tests.engine.fake_step import some_texts


def rows_of(loaded: LoadedBase, number: int) -> tuple[Row, ...]:
    return make_rows(loaded.chat, "fox", some_texts(number), FineTuneConfig(), loaded.context).rows


def test_the_probe_is_sixteen_rows_at_most_always_the_same(loaded: LoadedBase) -> None:
    rows = rows_of(loaded, 40)
    probe = choose_probe(rows, seed=1)
    assert len(probe) == PROBE_SIZE == 16
    assert probe == choose_probe(rows, seed=1) != choose_probe(rows, seed=2)
    assert [rows.index(row) for row in choose_probe(rows[:4], seed=1)] == [0, 1, 2, 3]
