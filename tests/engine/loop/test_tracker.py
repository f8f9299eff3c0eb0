from __future__ import annotations

from typing import Any

import pytest
from transformers import TrainerCallback, integrations

from ft_core.config import FineTuneConfig
from ft_core.engine.loop.tracker import Trackers
from ft_core.engine.progress import LogEntry
from ft_core.errors import TrainingError

heard: list[tuple[str, int, dict[str, float]]] = []


class Recorder(TrainerCallback):
    """A tracker that remembers."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        heard.append((args.run_name, state.global_step, {}))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        heard.append(("log", state.global_step, logs))

    def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        heard.append(("end", state.global_step, {}))


def test_a_tracker_that_transformers_knows_is_told_of_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    heard.clear()
    monkeypatch.setattr(integrations, "get_reporting_integration_callbacks", lambda names: [Recorder] * (names == ["recorder"]))
    with Trackers(FineTuneConfig(report_to=("recorder",)), "action", None, is_writer=True) as trackers:
        trackers.note_step(LogEntry(1, 2.5, 1e-4, 10, 0.1))
        trackers.note_evaluation(1, 2.0)
    assert heard == [
        ("ft-core action", 0, {}),
        ("log", 1, {"loss": 2.5, "learning_rate": 1e-4}),
        ("log", 1, {"eval_loss": 2.0}),
        ("end", 1, {}),
    ]


def test_nothing_is_tracked_unless_asked_for_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    heard.clear()
    monkeypatch.setattr(integrations, "get_reporting_integration_callbacks", lambda names: [Recorder])
    for config, is_writer in ((FineTuneConfig(), True), (FineTuneConfig(report_to=("recorder",)), False)):
        with Trackers(config, "action", None, is_writer=is_writer) as trackers:
            trackers.note_step(LogEntry(1, 2.5, 1e-4, 10, 0.1))
    assert heard == []


def test_a_tracker_that_is_not_known_is_an_error() -> None:
    with pytest.raises(TrainingError, match="report_to: .*tensorbored.*Install the tracker, or leave it out"):
        Trackers(FineTuneConfig(report_to=("tensorbored",)), "action", None, is_writer=True)
