from __future__ import annotations

import logging

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.schedule import plan_schedule


@pytest.mark.parametrize(("epochs", "steps"), [(1, 7), (3, 21), (0.5, 4)])
def test_an_epoch_has_a_step_for_each_batch_the_last_one_short(epochs: float, steps: int) -> None:
    config = FineTuneConfig(batch_size=4, gradient_accumulation_steps=4, num_epochs=epochs)
    schedule = plan_schedule("action", 100, config)
    assert (schedule.batch, schedule.steps) == (16, steps)


def test_max_steps_is_a_limit_and_not_a_goal() -> None:
    config = FineTuneConfig(batch_size=4, gradient_accumulation_steps=4, num_epochs=1)
    assert plan_schedule("action", 100, config.model_copy(update={"max_steps": 5})).steps == 5
    assert plan_schedule("action", 100, config.model_copy(update={"max_steps": 50})).steps == 7


def test_warm_up_is_never_more_than_a_tenth_of_the_steps_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        schedule = plan_schedule("action", 100, FineTuneConfig(warmup_steps=50))
    assert (schedule.steps, schedule.warmup_steps) == (21, 2)
    assert "warm-up is 2 of 21 steps, not 50" in caplog.text


def test_a_warm_up_that_is_short_enough_is_kept() -> None:
    assert plan_schedule("action", 100, FineTuneConfig(warmup_steps=1)).warmup_steps == 1
