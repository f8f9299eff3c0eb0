from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.corpus.beside.stac_sidecar import SidecarFile
from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.record import Refusal
from ft_core.story import Stac
from tests.corpus.sidecars import SENTENCES, make_told_story, read_source, write_sidecar, write_text


def derive(folder: Path, segment: str, **changes: str) -> Stac | str:
    story = make_told_story(segment, **changes)
    (event,) = story.events
    assert event.span is not None
    derived = read_source(folder, story).derive(story, event, event.span)
    return str(derived) if isinstance(derived, Refusal) else derived.stac


def test_sentences_are_looked_up_in_the_text_beside_the_tale(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    write_text(tmp_path / "texts")
    source = read_source(tmp_path, make_told_story(text="Another text."))
    assert (len(source.placed), source.lost, source.problems, source.text_source) == (5, (), (), "texts/fox.txt")


def test_without_another_text_they_are_looked_up_in_the_tale(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    source = read_source(tmp_path, make_told_story())
    assert (len(source.placed), source.lost, source.problems, source.text_source) == (5, (), (), "fox.json")


def test_a_text_that_cannot_be_used_is_told_and_the_tale_s_own_used(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    write_text(tmp_path / "texts", " ")
    source = read_source(tmp_path, make_told_story())
    assert (len(source.placed), source.text_source) == (5, "fox.json")
    assert [str(each) for each in source.problems] == ["texts/fox.txt: $: is blank; the tale's own text is used instead"]


def test_a_sentence_that_the_text_does_not_have_is_told(tmp_path: Path) -> None:
    write_sidecar(tmp_path, [*SENTENCES[:2], ("task", "It had to fly."), *SENTENCES[2:]])
    source = read_source(tmp_path, make_told_story())
    assert ([each.index for each in source.lost], len(source.placed)) == ([3], 5)
    assert [str(each) for each in source.problems] == [
        "fox_stac.json: $.sentences[2].sentence: is not found in fox.json behind the sentences before it, so it is not used"
    ]


def test_a_sentence_without_a_category_still_holds_its_place(tmp_path: Path) -> None:
    write_sidecar(tmp_path, [(None, "It ran."), ("action", "It ran.")])
    source = read_source(tmp_path, make_told_story(text="It ran. It fell. It ran."))
    assert [(each.sentence.index, each.start) for each in source.placed] == [(2, 13)]


def test_the_sidecar_of_another_text_is_told_once(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    source = read_source(tmp_path, make_told_story(text="A wolf."))
    assert len(source.lost) == 5
    assert [str(each) for each in source.problems] == [
        "fox_stac.json: $.sentences: none is found in fox.json; is it the sidecar of another text?"
    ]


def test_a_tale_without_a_text_is_told_once(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    source = read_source(tmp_path, make_told_story(text="\n"))
    assert [str(each) for each in source.problems] == [
        "fox.json: $: the tale has no text in which the sentences of fox_stac.json could be found"
    ]


def test_a_sidecar_that_is_not_there_any_more_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"^fox_stac\.json: \$: cannot be read: No such file or directory$"):
        read_source(tmp_path, make_told_story(), SidecarFile("fox_stac.json", tmp_path / "fox_stac.json"))


def test_the_digest_tells_sidecars_and_texts_apart(tmp_path: Path) -> None:
    story = make_told_story()
    write_sidecar(tmp_path)
    digests = [read_source(tmp_path, story).digest]
    write_text(tmp_path / "texts")
    digests.append(read_source(tmp_path, story).digest)
    write_sidecar(tmp_path, SENTENCES[:-1])
    digests.append(read_source(tmp_path, story).digest)
    assert [len(each) for each in digests] == [32] * 3
    assert len(set(digests)) == 3
    assert read_source(tmp_path, story).digest == digests[-1]


def test_a_record_is_cut_out_of_the_segment_not_the_text(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    write_text(tmp_path / "texts")
    segment = "before the\u3000flood. A crane lent the fox its boat. The fox rowed all night. So"
    assert derive(tmp_path, segment, text="") == Stac(
        "", "before the\u3000flood.", "A crane lent the fox its boat. The fox rowed all night.", ""
    )


@pytest.mark.parametrize(
    ("language", "action"),
    [("zh-Hant", "鶴來了。狐走了。"), ("ja", "鶴來了。狐走了。"), ("en", "鶴來了。 狐走了。"), ("", "鶴來了。 狐走了。")],
)
def test_pieces_that_are_apart_are_joined_as_the_language_does(tmp_path: Path, language: str, action: str) -> None:
    write_sidecar(tmp_path, [("action", "鶴來了。"), ("situation", "夜深。"), ("action", "狐走了。")])
    text = "鶴來了。夜深。狐走了。"
    assert derive(tmp_path, text, text=text, language=language) == Stac("夜深。", "", action, "")


def test_a_segment_without_a_record_says_why(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    told = "fox.json: $.narrative_events[0].text_span: "
    assert derive(tmp_path, "A wolf came.") == f"{told}its text is not found in fox.json, so it has no STAC record"
    assert derive(tmp_path, "fox rowed") == Stac("", "", "fox rowed", "")
    assert derive(tmp_path, "fox") == (
        f"{told}no sentence with a category in fox_stac.json has at least a quarter of itself in this segment, so it has no "
        "STAC record"
    )
