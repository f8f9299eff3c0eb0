from __future__ import annotations

import logging

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.memory import activation_bytes
from ft_core.engine.schedule import plan_schedule


def test_on_a_cpu_rows_go_one_at_a_time_and_the_effective_batch_stays(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        schedule = plan_schedule("action", 100, FineTuneConfig(batch_size=4, gradient_accumulation_steps=4), "cpu")
    assert (schedule.rows_per_pass, schedule.passes_per_step, schedule.rows_per_step) == (1, 16, 16)
    assert "an optimizer step still has 16 examples" in caplog.text


def test_on_a_gpu_rows_go_as_asked_for() -> None:
    schedule = plan_schedule("action", 100, FineTuneConfig(batch_size=4, gradient_accumulation_steps=2), "cuda")
    assert (schedule.rows_per_pass, schedule.passes_per_step) == (4, 2)


def test_rows_that_share_a_prefix_go_as_many_as_fit() -> None:
    schedule = plan_schedule("action", 100, FineTuneConfig(batch_size=4, gradient_accumulation_steps=2), "cpu", rows_per_pack=8)
    assert (schedule.rows_per_pass, schedule.passes_per_step, schedule.packed) == (8, 1, True)


@pytest.mark.parametrize(("epochs", "steps"), [(1, 7), (3, 21), (0.5, 4)])
def test_an_epoch_has_a_step_for_each_batch_the_last_one_short(epochs: float, steps: int) -> None:
    config = FineTuneConfig(batch_size=4, gradient_accumulation_steps=4, num_epochs=epochs)
    assert plan_schedule("action", 100, config, "cpu").steps == steps


def test_max_steps_is_a_limit_and_not_a_goal() -> None:
    config = FineTuneConfig(batch_size=4, gradient_accumulation_steps=4, num_epochs=1)
    assert plan_schedule("action", 100, config.model_copy(update={"max_steps": 5}), "cpu").steps == 5
    assert plan_schedule("action", 100, config.model_copy(update={"max_steps": 50}), "cpu").steps == 7


def test_warm_up_is_never_more_than_a_tenth_of_the_steps_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        schedule = plan_schedule("action", 100, FineTuneConfig(warmup_steps=50), "cpu")
    assert (schedule.steps, schedule.warmup_steps) == (21, 2)
    assert "warm-up is 2 of 21 steps, not 50" in caplog.text


def test_a_warm_up_that_is_short_enough_is_kept() -> None:
    assert plan_schedule("action", 100, FineTuneConfig(warmup_steps=1), "cpu").warmup_steps == 1


def test_the_estimate_of_activations_meets_the_measured_size() -> None:
    shape = {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28}
    assert activation_bytes(shape, 1) == pytest.approx(3.76e6, rel=0.1)
