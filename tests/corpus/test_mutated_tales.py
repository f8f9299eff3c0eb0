"""No file, however wrong, may end in anything but a story or a refusal with its place and reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ft_core.corpus.files import TaleFile
from ft_core.corpus.loading import read_tales
from ft_core.story import Story
from tests.tales import make_tale

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXTS = st.sampled_from(
    [
        "",
        " ",
        "self",
        "Self",
        "Fox",
        "Reynard",
        ";",
        "a;b",
        "gamma",
        "price",
        "敌对(Adversarial)",
        "\ud800",
        "\x00",
        "\u2028",
        "(",
        "x" * 5000,
    ]
)
ODD_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
MUTATIONS = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(["set", "remove", "repeat", "nest"]), ODD_VALUES), max_size=6
)


def list_places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from list_places(value[key])


def mutate(tale: dict[str, Any], index: int, how: str, value: Any) -> None:
    places = list(list_places(tale))
    if not places:
        return
    owner, key = places[index % len(places)]
    if how == "remove":
        del owner[key]
    elif how == "repeat" and isinstance(owner, list):
        owner.append(copy.deepcopy(owner[key]))
    elif how == "nest":
        owner[key] = [owner[key]] * 2
    else:
        owner[key] = value


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> TaleFile:
    return TaleFile("tale.json", tmp_path_factory.mktemp("tales") / "tale.json")


def check(file: TaleFile) -> Story | None:
    tales = read_tales([file.path])
    for refusal in tales.refusals:
        assert refusal.file == "tale.json"
        assert refusal.path.startswith("$")
        assert refusal.reason
        json.dumps(refusal.as_json(), ensure_ascii=False).encode()
    for repair in tales.repairs:
        assert repair.path.startswith("$.")
        json.dumps(repair.as_json(), ensure_ascii=False, allow_nan=False).encode()
    assert bool(tales.stories) != bool(tales.refusals)
    return tales.stories[0] if tales.stories else None


@SETTINGS
@given(mutations=MUTATIONS)
def test_a_mutated_tale_is_read_or_refused(file: TaleFile, mutations: list[tuple[int, str, Any]]) -> None:
    tale = make_tale()
    for mutation in mutations:
        mutate(tale, *mutation)
    file.path.write_text(json.dumps(tale), encoding="utf-8")
    story = check(file)
    if story is not None:
        assert len(story.events) == len(tale["narrative_events"])
        assert len({event.id for event in story.events}) == len(story.events)


@SETTINGS
@given(data=st.binary(max_size=40), cut=st.integers(0, 400))
def test_a_file_of_odd_bytes_is_read_or_refused(file: TaleFile, data: bytes, cut: int) -> None:
    whole = json.dumps(make_tale(), ensure_ascii=False).encode()
    file.path.write_bytes(whole[:cut] + data + whole[cut + len(data) :])
    check(file)


@pytest.mark.parametrize("depth", [60, 70, 500, 990, 5000])
def test_a_deeply_nested_tale_is_read_or_refused(file: TaleFile, depth: int) -> None:
    tale = json.dumps(make_tale())
    file.path.write_text(tale[:-1] + ', "deep": ' + '{"a":' * depth + "1" + "}" * depth + "}")
    assert (check(file) is None) == (depth > 62)
