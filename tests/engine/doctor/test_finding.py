from __future__ import annotations

from collections.abc import Iterator

import pytest

from ft_core.engine.doctor.finding import Finding, run_check


def check_the_moon() -> Iterator[Finding]:
    yield Finding("moon", "ok", "there")
    raise OSError(5, "clouds\nand rain")


def test_a_check_that_fails_keeps_what_it_had_found_and_tells_its_failure() -> None:
    first, failure = run_check(check_the_moon)
    assert first == Finding("moon", "ok", "there")
    assert (failure.name, failure.status) == ("the moon", "problem")
    assert failure.text == "this check failed itself: OSError: [Errno 5] clouds and rain"
    assert failure.remedy == "report it, with the output of: ft-core doctor --json"


def test_an_exit_inside_a_check_is_its_failure() -> None:
    def leave() -> list[Finding]:
        raise SystemExit(3)

    assert run_check(leave)[0].text == "this check failed itself: SystemExit: 3"


def test_an_interruption_is_the_users() -> None:
    def interrupt() -> list[Finding]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_check(interrupt)


def test_the_json_of_a_finding_has_all_it_says() -> None:
    assert Finding("disk", "note", "full", "empty it").as_json() == {
        "name": "disk",
        "status": "note",
        "text": "full",
        "remedy": "empty it",
    }
