from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import pytest

from ft_core.corpus.process_pool import check_workers, map_in_order
from ft_core.errors import DataError, UsageError

# Workers are made in processes of their own, which find them by the names of this module.


def make_scaler(factor: int) -> Callable[[int], tuple[int, int]]:
    def scale(task: int) -> tuple[int, int]:
        return task * factor, os.getpid()

    return scale


def make_dawdler() -> Callable[[int], int]:
    def dawdle(task: int) -> int:
        time.sleep(0.05 if task % 4 == 0 else 0)  # later tasks are done before earlier ones
        return task

    return dawdle


def make_refuser(refused: int) -> Callable[[int], int]:
    def refuse(task: int) -> int:
        if task == refused:
            raise DataError(f"task {task} cannot be done")
        return task

    return refuse


class Counter:
    """Counts how often it was called, so that a worker made twice would be seen."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, task: object) -> int:
        self.calls += 1
        return self.calls


@pytest.mark.parametrize("processes", [1, 2])
def test_answers_come_in_the_order_of_the_tasks(processes: int) -> None:
    assert list(map_in_order(make_dawdler, (), range(12), processes)) == list(range(12))


def test_one_process_is_this_one_and_two_are_others() -> None:
    alone, spread = ([*map_in_order(make_scaler, (7,), range(20), processes)] for processes in (1, 2))
    assert [number for number, _ in alone] == [number for number, _ in spread] == [7 * task for task in range(20)]
    assert {process for _, process in alone} == {os.getpid()}
    assert os.getpid() not in {process for _, process in spread}


def test_a_worker_is_made_once() -> None:
    assert list(map_in_order(Counter, (), "abc", 1)) == [1, 2, 3]
    counts = list(map_in_order(Counter, (), "abcdef", 2))
    assert sum(count == 1 for count in counts) <= 2


@pytest.mark.parametrize("processes", [1, 2])
def test_no_tasks_give_no_answers(processes: int) -> None:
    assert list(map_in_order(make_dawdler, (), (), processes)) == []


@pytest.mark.parametrize(("processes", "most"), [(1, 1), (2, 6)])
def test_tasks_are_read_only_a_few_ahead(processes: int, most: int) -> None:
    read: list[int] = []

    def tell() -> Iterator[int]:
        for task in range(100):
            read.append(task)
            yield task

    answers = map_in_order(make_dawdler, (), tell(), processes)
    assert read == []
    for number, answer in zip(range(10), answers, strict=False):
        assert answer == number
        assert number < len(read) <= number + most
    answers.close()  # type: ignore[attr-defined]
    assert len(read) <= 10 + most


@pytest.mark.parametrize("processes", [1, 2])
def test_what_a_worker_raises_comes_out_after_the_answers_before_it(processes: int) -> None:
    answers = map_in_order(make_refuser, (3,), range(100), processes)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(DataError, match=r"^task 3 cannot be done$"):
        next(answers)
    assert list(answers) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_what_reading_the_tasks_raises_comes_out(processes: int) -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise DataError("no more tasks")

    with pytest.raises(DataError, match=r"^no more tasks$"):
        list(map_in_order(make_dawdler, (), fail(), processes))


@pytest.mark.parametrize(("wanted", "workers"), [(None, 1), (1, 1), (2, 2)])
def test_as_many_processes_work_as_are_wanted_and_one_where_nothing_is_said(wanted: int | None, workers: int) -> None:
    assert check_workers(wanted) == workers


@pytest.mark.parametrize("wanted", [0, -2])
def test_fewer_than_one_process_cannot_work(wanted: int) -> None:
    with pytest.raises(UsageError, match=rf"^--workers must be 1 or more, not {wanted}\.$"):
        check_workers(wanted)
