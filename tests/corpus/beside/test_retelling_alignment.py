from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ft_core.corpus.beside.retelling_alignment import Alignment, align
from tests.corpus.retellings import PARAGRAPHS, SEGMENTS, make_story
from tests.tales import make_event, make_tale, read_story

OTHER_TALE = (
    "Two brothers quarrelled about a golden cup in their castle.",
    "Every knight of that country rode against them with torches.",
    "At night some thief carried off whatever treasure was left.",
    "Long afterwards both were beggars at one church door.",
    "Nobody knew them any more, and snow covered their tracks.",
)


def list_pairs(alignment: Alignment) -> list[tuple[str, int]]:
    return [(pair.event.text, pair.paragraph) for pair in alignment.list_used()]


def list_expected(*paragraphs: int) -> list[tuple[str, int]]:
    return list(zip(SEGMENTS, paragraphs, strict=True))


def test_each_event_has_the_paragraph_that_tells_it() -> None:
    alignment = align(make_story(), PARAGRAPHS)
    assert list_pairs(alignment) == list_expected(0, 1, 2, 3, 4)
    assert alignment.untold == ()
    assert alignment.refusal == ""


def test_retellings_are_paired_in_time_order_and_not_in_the_order_of_the_list() -> None:
    # Paired in list order, 28 % of the texts once had the labels of another event.
    spans = [{"start": 0, "end": len(text), "text": text} for text in SEGMENTS]
    order = (3, 0, 4, 1, 2)
    events = [make_event(number + 1, text_span=spans[number], agents=[], targets=[], description="") for number in order]
    alignment = align(read_story(make_tale("mill", narrative_events=events)), PARAGRAPHS)
    assert list_pairs(alignment) == list_expected(0, 1, 2, 3, 4)
    assert [pair.event.path for pair in alignment.pairs] == [f"$.narrative_events[{order.index(each)}]" for each in range(5)]


def test_a_placeholder_has_no_paragraph() -> None:
    assert list_pairs(align(make_story((None, *SEGMENTS)), PARAGRAPHS)) == list_expected(0, 1, 2, 3, 4)


def test_the_paragraph_of_a_placeholder_is_over() -> None:
    story = make_story((*SEGMENTS[:3], None, *SEGMENTS[3:]))
    extra = "All through that night nobody in the village slept."
    assert list_pairs(align(story, (*PARAGRAPHS[:3], extra, *PARAGRAPHS[3:]))) == list_expected(0, 1, 2, 4, 5)


def test_an_end_that_tells_no_event_shifts_no_pair_where_the_first_event_is_a_placeholder() -> None:
    story = make_story((None, *SEGMENTS))
    assert list_pairs(align(story, (*PARAGRAPHS, "And they lived well."))) == list_expected(0, 1, 2, 3, 4)


def test_an_introduction_before_the_first_event_shifts_no_pair() -> None:
    story = make_story((*SEGMENTS, None))
    assert list_pairs(align(story, ("In a far country long ago.", *PARAGRAPHS))) == list_expected(1, 2, 3, 4, 5)


def test_an_event_without_a_text_but_with_labels_has_the_paragraph_that_it_fits() -> None:
    story = make_story((*SEGMENTS[:3], None, SEGMENTS[4]))
    story.events[3].agents, story.events[3].description = ["Heron"], "the heron gives a feather and forbids to look behind"
    assert [pair.paragraph for pair in align(story, PARAGRAPHS).list_used()] == [0, 1, 2, 3, 4]


def test_paragraphs_one_event_too_early_are_paired_with_the_events_that_they_tell() -> None:
    alignment = align(make_story(), (*PARAGRAPHS[1:], "And they lived well."))
    assert list_pairs(alignment) == list(zip(SEGMENTS[1:], range(4), strict=True))
    assert [event.text for event in alignment.untold] == [SEGMENTS[0]]


def test_events_told_in_another_order_have_no_paragraph_of_another_event() -> None:
    swapped = (PARAGRAPHS[0], PARAGRAPHS[2], PARAGRAPHS[1], *PARAGRAPHS[3:])
    wrong = {(SEGMENTS[1], 1), (SEGMENTS[2], 2)}
    used = list_pairs(align(make_story(), swapped))
    assert not wrong & set(used)
    assert {(SEGMENTS[0], 0), (SEGMENTS[3], 3), (SEGMENTS[4], 4)} <= set(used)


def test_a_pair_is_not_used_where_another_pairing_fits_nearly_as_well() -> None:
    alignment = align(make_story((*SEGMENTS, None)), (PARAGRAPHS[0], *PARAGRAPHS))
    assert [(pair.event.text, pair.margin) for pair in alignment.pairs if not pair.is_sure] == [(SEGMENTS[0], 0)]
    assert alignment.pairs[0].as_json()["used"] is False
    assert list_pairs(alignment) == list(zip(SEGMENTS[1:], (2, 3, 4, 5), strict=True))


def test_too_few_or_too_many_paragraphs_are_refused() -> None:
    expected = "it has 4 paragraphs, while the tale has events for 5; write one paragraph an event"
    assert align(make_story(), PARAGRAPHS[:4]) == Alignment(refusal=expected)
    expected = "it has 7 paragraphs, while the tale has events for 5 to 6; write one paragraph an event"
    assert align(make_story((*SEGMENTS, None)), (*PARAGRAPHS, "One.", "Two.")) == Alignment(refusal=expected)


def test_a_tale_of_placeholders_is_refused() -> None:
    refusal = align(make_story((None, None)), PARAGRAPHS[:2]).refusal
    assert refusal == "no event of the tale has a text, so nothing shows which paragraph tells which event"


def test_the_retelling_of_another_tale_is_refused() -> None:
    alignment = align(make_story(), OTHER_TALE)
    assert alignment.refusal == (
        "its paragraphs do not tell this tale: they fit its events by 0.019 on average, and 0.09 is the least"
    )
    assert alignment.list_used() == []


def test_paragraphs_out_of_order_are_refused() -> None:
    refusal = align(make_story(), PARAGRAPHS[::-1]).refusal
    assert refusal == "only 2 of 5 events have a paragraph that surely tells them; put the paragraphs in time order"


def test_every_pair_has_its_score_in_the_manifest() -> None:
    first, *_, last = (pair.as_json() for pair in align(make_story(), PARAGRAPHS).pairs)
    assert first == {"path": "$.narrative_events[0]", "paragraph": 0, "score": 0.485, "margin": 0.485, "used": True}
    assert (last["path"], last["paragraph"], last["used"]) == ("$.narrative_events[4]", 4, True)


@given(st.lists(st.sampled_from([*SEGMENTS, None]), max_size=6), st.lists(st.sampled_from(PARAGRAPHS), max_size=6))
def test_any_paragraphs_are_paired_in_order_or_refused(segments: list[str | None], paragraphs: list[str]) -> None:
    alignment = align(make_story(segments), paragraphs)
    used = [pair.paragraph for pair in alignment.list_used()]
    assert used == sorted(set(used))
    assert bool(used) != bool(alignment.refusal)
