"""No tale, however wrong, may end in anything but a story or a refusal with its place and reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import TaleFile
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.rule import RULES, Rules
from ft_core.corpus.reading.tale import SidecarFound, SurveyedTale, Tale, read_tale, survey_tale
from ft_core.corpus.rewriting.tale_writing import as_v3
from tests.corpus.older_tales import make_tale_v1, make_tale_v2
from tests.tales import make_tale

MAKE = [make_tale_v1, make_tale_v2, make_tale]
EVENTS = ["narrative_structure", "narrative_events", "narrative_events"]

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
        "a\udfffb",
        "\x00",
        "\u2028",
        "\u3000\u00a0",
        "(",
        "e\u0301\u202e\U0001f98a",
        "x" * 5000,
    ]
)
ODD_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**40) | TEXTS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
MUTATIONS = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(["set", "remove", "repeat", "nest", "deepen", "swell"]), ODD_VALUES),
    max_size=6,
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
        owner[key] = [owner[key], copy.deepcopy(owner[key])]
    elif how == "deepen":
        for _ in range(index % 90):
            owner[key] = {"a": owner[key]}
    elif how == "swell":
        owner[key] = [copy.deepcopy(value) for _ in range(300)]
    else:
        owner[key] = value


def pack(data: bytes) -> RawTale:
    return RawTale("tale.json", data, TaleFile("tale.json", Path("tale.json")))


def attempt(raw: RawTale, rules: Rules) -> tuple[Tale, SurveyedTale] | list[Refusal]:
    """Read and survey a tale; both must come to the same end."""
    try:
        tale = read_tale(raw, rules)
    except SidecarFound:
        return [Refusal("tale.json", "$", "a sidecar")]
    except RefusedError as error:
        refusals = error.refusals
    else:
        return tale, survey_tale(raw, rules)
    with pytest.raises(RefusedError) as surveyed:
        survey_tale(raw, rules)
    assert surveyed.value.refusals == refusals != []
    return refusals


def check(data: bytes, without: tuple[str, ...] = ()) -> Tale | None:
    rules = Rules.without(without)
    result = attempt(pack(data), rules)
    if isinstance(result, list):
        for refusal in result:
            assert refusal.file == "tale.json"
            assert refusal.path.startswith("$")
            assert refusal.reason
            json.dumps(refusal.as_json(), ensure_ascii=False).encode()
        return None
    tale, surveyed = result
    for repair in tale.repairs:
        assert repair.path.startswith("$.")
        assert repair.rule in RULES
        json.dumps(repair.as_json(), ensure_ascii=False, allow_nan=False).encode()
    story, head = tale.story, surveyed.head
    assert (head.story_id, head.culture, head.language) == (story.id, story.culture, story.language)
    assert head.events == len(story.events) == len({event.id for event in story.events})
    assert as_v3(story, rules) == story.document
    return tale


@settings(max_examples=1_600, deadline=None)
@given(
    version=st.sampled_from([1, 2, 3]),
    mutations=MUTATIONS,
    without=st.sampled_from([(), ("outer-spaces", "self-character", "time-order", "detected-language", "label-spelling")]),
)
def test_a_mutated_tale_is_read_or_refused(
    version: int, mutations: list[tuple[int, str, Any]], without: tuple[str, ...]
) -> None:
    tale: dict[str, Any] = MAKE[version - 1](events=2)  # type: ignore[operator]
    for mutation in mutations:
        mutate(tale, *mutation)
    read = check(json.dumps(tale).encode(), without)
    if read is not None:
        assert len(read.story.events) == len(tale[EVENTS[read.version - 1]])


@settings(max_examples=400, deadline=None)
@given(version=st.sampled_from([1, 2, 3]), data=st.binary(max_size=40), cut=st.integers(0, 3_000), length=st.integers(0, 40))
def test_a_tale_of_odd_bytes_is_read_or_refused(version: int, data: bytes, cut: int, length: int) -> None:
    whole = json.dumps(MAKE[version - 1](events=2), ensure_ascii=False).encode()  # type: ignore[operator]
    check(whole[:cut] + data + whole[cut + length :])


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("place", range(0, 120, 7))
def test_a_key_that_stands_twice_is_refused(version: int, place: int) -> None:
    spelt = json.dumps(MAKE[version - 1](events=2)).split('": ')  # type: ignore[operator]
    index = place % (len(spelt) - 1)
    key = spelt[index].rpartition('"')[2]
    spelt[index] += f'": 1, "{key}'
    (refusal,) = attempt(pack('": '.join(spelt).encode()), Rules())
    assert isinstance(refusal, Refusal)
    assert refusal.reason == f"not usable JSON: the key {key!r} stands twice in one object; keep one of the two"


@pytest.mark.parametrize("depth", [60, 70, 500, 990, 5000])
def test_a_deeply_nested_tale_is_read_or_refused(depth: int) -> None:
    tale = json.dumps(make_tale())
    data = tale[:-1] + ', "deep": ' + '{"a":' * depth + "1" + "}" * depth + "}"
    assert (check(data.encode()) is None) == (depth > 62)
