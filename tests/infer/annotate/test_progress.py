from __future__ import annotations

import io

import pytest

from ft_core.example import NotApplicable
from ft_core.infer.annotate.progress import BarProgress, LineProgress
from ft_core.infer.judgement import Judgement
from ft_core.infer.pipeline.result import PipelineResult
from ft_core.infer.reply import Reply

COUNTS = {"stac": {"answered": 3, "repaired": 0, "not_valid": 1, "kept": 0}}
SKIPPED = PipelineResult("stac", "fox", "e1", skipped=NotApplicable("the event has no doer", "$.agents"))
JUDGED = PipelineResult("stac", "fox", "e1", judgement=Judgement(Reply("{}"), {}))


class Lines:
    """Progress in lines, with a clock that is moved by hand."""

    def __init__(self, tales: int = 4) -> None:
        self.stream, self.now = io.StringIO(), 100.0
        self.progress = LineProgress(self.stream, lambda: self.now)
        self.progress.start(tales)

    def read(self) -> list[str]:
        said = self.stream.getvalue().splitlines()
        self.stream.seek(0)
        self.stream.truncate()
        return said


def test_a_fast_run_says_nothing_but_its_tales() -> None:
    lines = Lines()
    for _ in range(50):
        lines.progress.note_step("stac", 2, "events")
        lines.progress.note_answered(1)
        lines.progress.note_result(JUDGED)
        lines.progress.note_result(SKIPPED)
        lines.now += 0.5
        lines.progress.note_step_done()
    lines.progress.note_tale("fox", COUNTS)
    assert lines.read() == ["[1/4] fox: 3 answers, 1 not valid"]


def test_a_slow_step_is_told_of_every_30_seconds_and_at_its_end() -> None:
    lines = Lines()
    lines.progress.note_step("stac", 40, "events")
    for _ in range(10):
        lines.now += 10
        lines.progress.note_answered(4)
    lines.progress.note_step_done()
    assert lines.read() == [
        "[0/4] stac: 12 of 40 events, 70 s left",
        "[0/4] stac: 24 of 40 events, 40 s left",
        "[0/4] stac: 36 of 40 events, 10 s left",
        "[0/4] stac: 40 events done in 100 s",
    ]


def test_any_line_puts_the_next_one_off() -> None:
    lines = Lines()
    lines.progress.note_step("stac", 40, "events")
    lines.now += 29
    lines.progress.note_failure("Refused: empty.txt: $: holds no text")
    lines.now += 29
    lines.progress.note_answered(1)
    assert lines.read() == ["[1/4] Refused: empty.txt: $: holds no text"]
    lines.now += 1
    lines.progress.note_answered(1)
    assert lines.read() == ["[1/4] stac: 2 of 40 events, 1121 s left"]


def test_results_count_where_nobody_told_of_answers_before_them() -> None:
    lines = Lines()
    lines.progress.note_step("stac", 4, "events")
    lines.progress.note_result(SKIPPED)
    lines.progress.note_result(JUDGED)
    lines.now += 30
    lines.progress.note_answered(1)  # of the one that is judged
    assert lines.read() == ["[0/4] stac: 2 of 4 events, 30 s left"]


@pytest.mark.parametrize(("answered", "told"), [(0, "summary: 0 of 2 texts"), (5, "summary: 5 of 2 texts")])
def test_nothing_is_foretold_where_nothing_is_known(answered: int, told: str) -> None:
    lines = Lines()
    lines.progress.note_step("summary", 2, "texts")
    lines.now += 30
    lines.progress.note_answered(answered)
    assert lines.read() == [f"[0/4] {told}"]


def test_loading_is_told_of() -> None:
    lines = Lines()
    lines.progress.note_loading("tiny")
    assert lines.read() == ["[0/4] loading tiny"]


def test_a_bar_shows_how_far_the_step_is() -> None:
    stream = io.StringIO()
    progress = BarProgress(stream)
    progress.start(2)
    progress.note_loading("models/[bold]")
    progress.note_step("stac", 4, "events")
    progress.note_answered(1)
    progress.note_result(SKIPPED)
    progress.note_step_done()
    progress.note_tale("fox", COUNTS)
    progress.note_failure("Refused: [red].txt: $: holds no text")
    progress.stop()
    assert "Refused: [red].txt: $: holds no text" in stream.getvalue()
    assert "2/2 stac: 2 of 4 events, 0 s left" in " ".join(stream.getvalue().split())
