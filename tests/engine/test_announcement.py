"""Listeners hear how the training of each step begins and ends, and cannot stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.engine.announcement import announce_finish, announce_start
from ft_core.engine.loop.world import World
from ft_core.engine.run_file import StepRecord
from ft_core.engine.training import train_steps
from ft_core.errors import HookError, HookFailedError
from ft_core.step import Step
from tests.engine.fake_step import FakeStep, fake_step, some_data, some_texts

MakeConfig = Callable[..., FineTuneConfig]


def told_of(step: Step) -> list[tuple[str, int | str]]:
    return cast(FakeStep, step).told


class DeafStep(FakeStep):
    """A step with a listener that fails."""

    def on_step_started(self, examples: int, folder: Path) -> list[HookError]:
        return [HookFailedError("Extension 'news' raised OSError: no network")]

    def on_step_finished(self, record: Mapping[str, Any]) -> list[HookError]:
        return [HookFailedError(f"Extension 'news' raised KeyError: {record['status']}")]


def test_listeners_hear_once_of_each_step_that_is_trained_whether_it_fails_or_not(config: MakeConfig) -> None:
    steps = [fake_step("action"), fake_step("character", HookFailedError("it failed")), fake_step("stac")]
    data = some_data(action=some_texts(), character=some_texts(5), stac=())
    train_steps(data, steps, config(), named=False)
    assert [told_of(step) for step in steps] == [
        [("started", 6), ("finished", "done")],
        [("started", 5), ("finished", "failed")],
        [],
    ]


def test_a_listener_that_fails_is_told_of_and_training_goes_on(config: MakeConfig, caplog: pytest.LogCaptureFixture) -> None:
    run = train_steps(some_data(action=some_texts()), [cast(Step, DeafStep("action"))], config())
    assert (run.steps["action"].status, run.exit_code) == ("done", 0)
    told = [record.getMessage() for record in caplog.records if "listener" in record.getMessage()]
    assert told == [
        "Step action: a listener failed, and training goes on. Extension 'news' raised OSError: no network",
        "Step action: a listener failed, and training goes on. Extension 'news' raised KeyError: done",
    ]


def test_of_several_processes_the_one_that_writes_tells(config: MakeConfig) -> None:
    step, other = fake_step("action"), World(rank=1, size=2)
    assert not other.is_writer
    announce_start(step, Path("run"), StepData(some_texts()), other)
    announce_finish(step, StepRecord("done"), other)
    assert told_of(step) == []
    announce_start(step, Path("run"), StepData(some_texts()), World())
    assert told_of(step) == [("started", 6)]


def test_a_step_that_failed_when_its_examples_were_made_is_a_failed_step_of_the_run(config: MakeConfig) -> None:
    step = fake_step("stac")
    data = TrainingData({}, "tales", failures={"stac": "Step 'stac': hook 'extract_examples' raised"})
    run = train_steps(data, [step], config(), named=False)
    assert (run.steps["stac"].status, run.exit_code) == ("failed", 1)
    assert run.steps["stac"].reason == "Step 'stac': hook 'extract_examples' raised"
    assert told_of(step) == []
