"""Work spread over processes, with results in the order of the tasks and only a few tasks under way at once."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from typing import Any, TypeVar

from ft_core.errors import UsageError

__all__ = ["check_workers", "map_in_order"]

Task = TypeVar("Task")
Result = TypeVar("Result")
Worker = TypeVar("Worker")

_AHEAD = 3
"""Tasks under way for each process: enough that none waits, and few enough that memory does not grow."""


def check_workers(wanted: int | None) -> int:
    """Return how many processes work: as many as wanted, one where nothing is said.

    Raises:
        UsageError: the number is not positive.
    """
    if wanted is not None and wanted < 1:
        raise UsageError(f"--workers must be 1 or more, not {wanted}.")
    return wanted or 1


_workers: list[Callable[..., object]] = []
_failures: list[Exception] = []


def map_in_order(
    make_worker: Callable[..., Callable[[Task], Result]], arguments: tuple[object, ...], tasks: Iterable[Task], processes: int
) -> Iterator[Result]:
    """Yield what a worker answers to each task, in the order of the tasks; nothing depends on the number of processes.

    Args:
        make_worker: makes the worker, once in each process; a function or class of a module.
        arguments: what it is called with.
        tasks: read only as far as work is under way.
        processes: 1 works in this process.

    Raises:
        Exception: whatever a worker raises; work that is under way is then given up.
    """
    if processes == 1:
        yield from map(make_worker(*arguments), tasks)
        return
    # Spawned and not forked: a fork of a process with threads may hang, and the libraries below may start some.
    context = multiprocessing.get_context("spawn")
    start: Callable[[], object] = partial(_start, make_worker, arguments)
    with ProcessPoolExecutor(processes, context, start) as pool:
        under_way: deque[Future[Any]] = deque()
        try:
            for task in tasks:
                under_way.append(pool.submit(_work, task))
                if len(under_way) >= processes * _AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()


def _start(make_worker: Callable[..., Callable[[Any], Any]], arguments: tuple[object, ...]) -> None:
    # An error here would end the process and be lost; kept, it comes out with the first task.
    try:
        _workers[:] = [make_worker(*arguments)]
    except Exception as error:
        _failures.append(error)


def _work(task: object) -> object:
    if _failures:
        raise _failures[0]
    return _workers[0](task)
