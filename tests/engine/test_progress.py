from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ft_core.engine.progress import BarProgress, LineProgress, LogEntry, TrainingLog, choose_progress, shown
from ft_core.engine.run_file import StepRecord
from ft_core.engine.summary import print_summary
from ft_core.engine.training import Run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def entry(step: int) -> LogEntry:
    return LogEntry(step, 1.5, 1e-3, tokens=100 * step, seconds=2.0 * step)


def test_a_terminal_gets_a_bar_and_everything_else_plain_lines() -> None:
    assert isinstance(choose_progress(Terminal()), BarProgress)
    assert isinstance(choose_progress(io.StringIO()), LineProgress)


def test_plain_lines_have_loss_speed_and_time_left() -> None:
    stream = io.StringIO()
    progress = LineProgress(stream)
    with shown(progress, "action", 100):
        for step in range(1, 101):
            progress.advance(entry(step))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "action: step 5/100, loss 1.5000, 50 tokens/s, 190 s left"
    assert lines[-1] == "action: step 100/100, loss 1.5000, 50 tokens/s, 0 s left"
    assert len(lines) == 20


def test_the_bar_has_loss_and_speed() -> None:
    stream = Terminal()
    progress = BarProgress(stream)
    with shown(progress, "action", 2):
        progress.advance(entry(2))
    assert "action" in stream.getvalue()
    assert "loss 1.5000  50 tokens/s" in stream.getvalue()
    assert "2/2" in stream.getvalue()


def test_the_log_has_a_line_as_soon_as_a_step_is_done(tmp_path: Path) -> None:
    with TrainingLog(tmp_path / "log.jsonl", LineProgress(io.StringIO())) as log:
        log.note_step(entry(1))
        assert json.loads((tmp_path / "log.jsonl").read_text(encoding="utf-8")) == {
            "step": 1, "loss": 1.5, "learning_rate": 1e-3, "tokens": 100, "seconds": 2.0
        }  # fmt: skip


def test_the_table_at_the_end_has_a_line_for_each_step_and_says_what_went_wrong(tmp_path: Path) -> None:
    records = {
        "action": StepRecord("done", None, "action", 24, 0, 1200, 300, 2.5, 0.75, 61.5),
        "stac": StepRecord("failed", reason="[the reason]"),
    }
    stream = io.StringIO()
    print_summary(Run(tmp_path, records), stream)
    header, action, stac, reason = stream.getvalue().splitlines()
    assert header.split()[:3] == ["step", "status", "examples"]
    assert action.split()[:7] == ["action", "done", "24", "300/1200", "2.5000", "0.7500", "61.5"]
    assert action.split()[7] == str(tmp_path / "action")
    assert stac.split()[:2] == ["stac", "failed"]
    assert reason == "stac: [the reason]"


@pytest.mark.parametrize(
    ("status", "named", "code"), [("done", True, 0), ("failed", False, 1), ("skipped", True, 1), ("skipped", False, 0)]
)
def test_the_exit_code_tells_whether_all_that_was_asked_for_is_there(
    tmp_path: Path, status: str, named: bool, code: int
) -> None:
    assert Run(tmp_path, {"action": StepRecord(status)}, named).exit_code == code  # type: ignore[arg-type]


def test_the_log_of_a_resumed_training_goes_on_after_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with TrainingLog(path, LineProgress(io.StringIO())) as log:
        for step in (1, 2, 3):
            log.note_step(entry(step))
        log.note_evaluation(2, 0.5)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"step": 4, "lo')  # cut off by a crash
    with TrainingLog(path, LineProgress(io.StringIO()), after=2) as log:
        log.note_step(entry(3))
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["step"], "val_loss" in line) for line in lines] == [(1, False), (2, False), (2, True), (3, False)]


def test_a_process_that_does_not_write_leaves_the_log_alone(tmp_path: Path) -> None:
    shown = io.StringIO()
    with TrainingLog(tmp_path / "log.jsonl", LineProgress(shown), is_writer=False) as log:
        log.note_step(entry(1))
    assert not (tmp_path / "log.jsonl").exists()
    assert shown.getvalue() == ""
