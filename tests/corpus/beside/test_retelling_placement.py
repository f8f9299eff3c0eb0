from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ft_core.corpus.beside.paragraph_fit import measure_fit
from ft_core.corpus.beside.paragraph_placement import place_paragraphs
from tests.corpus.retellings import PARAGRAPHS, make_story

Pairs = tuple[tuple[int, int], ...]


def list_pairings(events: int, paragraphs: int) -> list[Pairs]:
    return [
        tuple(zip(rows, columns, strict=True))
        for size in range(min(events, paragraphs) + 1)
        for rows in combinations(range(events), size)
        for columns in combinations(range(paragraphs), size)
    ]


def add_up(fits: list[list[int]], pairs: Pairs) -> int:
    return sum(fits[row][column] for row, column in pairs)


@given(
    st.integers(0, 4).flatmap(lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), max_size=4))
)
def test_no_other_pairing_in_order_fits_better_and_margins_are_what_each_pair_is_worth(fits: list[list[int]]) -> None:
    places = place_paragraphs(fits)
    pairings = list_pairings(len(fits), len(fits[0]) if fits else 0)
    chosen = tuple((place.event, place.paragraph) for place in places)
    best = max(add_up(fits, pairs) for pairs in pairings)
    assert chosen in pairings
    assert add_up(fits, chosen) == best
    for place in places:
        others = [add_up(fits, pairs) for pairs in pairings if (place.event, place.paragraph) not in pairs]
        assert place.margin == best - max(others)


def test_every_paragraph_fits_the_event_that_it_retells_best() -> None:
    fits = measure_fit(make_story().events, PARAGRAPHS)
    assert [max(range(5), key=row.__getitem__) for row in fits] == [0, 1, 2, 3, 4]
    assert all(0 <= fit <= 1 for row in fits for fit in row)


@pytest.mark.parametrize(
    ("segments", "paragraphs"),
    [
        (("老牛告诉牛郎一个秘密。", "织女被天神捉回天庭。"), ("一天老牛开口说出秘密。", "天神把织女带回了天庭。")),
        (
            ("おじいさんはツルを助けました。", "娘は機をおりました。"),
            ("ツルは助けられました。", "それから機をおる音がしました。"),
        ),
    ],
)
def test_texts_without_spaces_are_compared_by_their_signs(segments: tuple[str, ...], paragraphs: tuple[str, ...]) -> None:
    first, second = measure_fit(make_story(segments).events, paragraphs)
    assert first[0] > 2 * first[1]
    assert second[1] > 2 * second[0]


def test_names_and_descriptions_of_an_event_count_as_its_words() -> None:
    story = make_story(("They went.", "They came."))
    story.events[0].agents, story.events[1].description = ["Rumpelstiltskin"], "the princess guesses"
    fits = measure_fit(story.events, ["Off rode Rumpelstiltskin.", "Now the princess could guess."])
    assert fits[0][0] > fits[0][1] == 0
    assert fits[1][1] > fits[1][0] == 0


def test_a_text_without_letters_fits_nothing() -> None:
    assert measure_fit(make_story(("…!", "The heron sang.")).events[:1], ["…?", "42"]) == [[0.0, 0.0]]
