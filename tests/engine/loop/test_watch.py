from __future__ import annotations

from typing import Any

from ft_core.config import make_config
from ft_core.engine.loop.state import Best, LoopState
from ft_core.engine.loop.watch import describe_runaway, note_evaluation, note_loss


def evaluate(state: LoopState, *losses: float, patience: int = 3, **more: Any) -> list[bool]:
    config = make_config({"early_stopping_patience": patience, "early_stopping_threshold": 0.01, **more})
    best = []
    for loss in losses:
        state.step += 1
        best.append(note_evaluation(state, loss, config))
    return best


def test_training_stops_when_it_has_not_got_better_for_so_long() -> None:
    state = LoopState()
    assert evaluate(state, 2.0, 1.5, 1.495, 1.6) == [True, True, True, False]
    assert (state.best, state.waited, state.stopped) == (Best(3, 1.495), 2, "")
    evaluate(state, 1.7)
    assert state.stopped == "the validation loss was not better by 0.01 in 3 evaluations"


def test_a_clearly_better_loss_starts_the_waiting_anew_and_no_patience_never_stops() -> None:
    state = LoopState()
    evaluate(state, 2.0, 2.1, 2.1, 1.9, 2.0, 2.0)
    assert (state.stopped, state.waited) == ("", 2)
    forever = LoopState()
    evaluate(forever, *[2.0] * 50, patience=0)
    assert forever.stopped == ""


def test_where_the_last_weights_are_kept_each_evaluation_takes_the_place_of_the_one_before_and_none_stops() -> None:
    state = LoopState()
    assert evaluate(state, 2.0, 2.5, 2.6, 2.7, 2.8, patience=2, keep_weights="last") == [True] * 5
    assert (state.best, state.waited, state.stopped) == (Best(5, 2.8), 0, "")


def test_a_loss_that_is_no_number_is_told_with_the_tales_of_its_batch() -> None:
    told = describe_runaway(LoopState(step=4), float("nan"), ["fox", "owl", "fox"])
    assert told == "the loss of optimizer step 5 is nan; its examples are of: fox, owl. Lower the learning rate."


def test_a_spike_is_told_and_a_hard_example_late_in_training_is_none() -> None:
    state = LoopState()
    for _ in range(12):
        note_loss(state, 2.0)
    assert describe_runaway(state, 19.0, ["fox"]) == ""
    assert describe_runaway(state, 25.0, ["fox"]) == (
        "the loss of optimizer step 1 jumped to 25 from about 2; its examples are of: fox. "
        "Look at them, or lower the learning rate."
    )
    for _ in range(20):
        note_loss(state, 0.01)
    assert describe_runaway(state, 1.5, ["fox"]) == ""
    assert len(state.recent) == 20


def test_nothing_is_a_spike_before_there_is_anything_to_compare_with() -> None:
    state = LoopState()
    note_loss(state, 0.1)
    assert describe_runaway(state, 50.0, ["fox"]) == ""


def test_a_state_comes_back_from_its_json() -> None:
    state = LoopState(step=3, recent=[1.0], best=Best(2, 0.5), events=[{"step": 1, "what": "x"}])
    assert LoopState.from_json(state.as_json()) == state
