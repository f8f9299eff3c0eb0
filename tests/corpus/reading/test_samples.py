from __future__ import annotations

from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir


def test_the_sample_tales_are_read_without_a_refusal() -> None:
    tales = read_tales([samples_dir()])
    assert tales.stories
    assert tales.refusals == []


def test_the_sample_tales_need_no_repair() -> None:
    assert list(map(str, read_tales([samples_dir()]).repairs)) == []
