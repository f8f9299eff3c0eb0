from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from ft_core.errors import OutputError
from tests.infer.annotate.annotators import make_annotator, make_run
from tests.tales import make_event, make_tale, write_tale

RUN = make_run(["stac"])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """``texts`` and ``tales`` with two tales each, of which one lies in a folder ``more``."""
    for number, folder in enumerate(("texts", "texts/more")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"text_{number}.txt").write_text(f"Fox {number} ran on.", encoding="utf-8")
    for number, folder in enumerate(("tales", "tales/more")):
        write_tale(tmp_path / folder, make_tale(f"tale_{number}", narrative_events=[make_event()]), f"tale_{number}.json")
    return tmp_path


def read_bytes(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def annotate(given: list[str], out: str, layout: Any = "flat") -> Any:
    return make_annotator(Path(out), run=RUN, layout=layout).annotate(given)


@pytest.mark.parametrize("layout", ["flat", "tool"])
@pytest.mark.parametrize("out", [".", "texts", "tales", "texts/out", "tales/more", "tales/.out", "tales/json_v3"])
@pytest.mark.parametrize(
    "given",
    [
        "texts",
        "tales",
        "tales/tale_0.json",
        "tales/*.json",
        "texts/**/*.txt",
        "tales/**",
        "t*/*",
        "*/*/*.json",
        "tales/more/../*",
    ],
)
def test_a_call_is_refused_before_it_writes_or_can_be_given_again(place: Path, given: str, out: str, layout: Any) -> None:
    before = read_bytes(place)
    with chdir(place):
        try:
            first = annotate([given], out, layout)
        except OutputError:
            assert read_bytes(place) == before, "nothing is written where a call is refused"
            return
        after = read_bytes(place)
        assert before.items() <= after.items(), "nothing that was there is changed"
        second = annotate([given], out, layout)
    assert (second.finished, second.refusals, second.annotated) == (first.annotated, [], [])
    assert first.annotated


@pytest.mark.parametrize(
    ("given", "out", "layout"),
    [
        ("texts", ".", "flat"),
        ("texts", "tales", "flat"),
        ("texts/*.txt", "texts", "flat"),
        ("texts/*.txt", "texts", "tool"),
        ("tales/tale_0.json", "tales", "flat"),
        ("tales/*.json", "tales/out", "flat"),
        ("tales", "tales/.out", "tool"),
    ],
)
def test_harmless_places_are_left_alone(place: Path, given: str, out: str, layout: Any) -> None:
    with chdir(place):
        assert annotate([given], out, layout).annotated


def test_what_would_be_read_as_tales_by_the_next_call_is_told(place: Path) -> None:
    with chdir(place):
        with pytest.raises(OutputError) as within:
            annotate(["texts"], "texts/out")
        with pytest.raises(OutputError) as matching:
            annotate(["tales/*.json"], "tales")
        with pytest.raises(OutputError) as beside:
            annotate(["texts/*_0*"], "texts")
    assert str(within.value) == (
        "Tales are looked for in texts, and what is written into the output folder texts/out would lie there too: the next call "
        "would take it for tales. Choose an --output-dir outside texts."
    )
    assert str(matching.value) == (
        "The pattern 'tales/*.json' finds tale_0_v3.json too, which is to be written into the output folder tales: the next "
        "call would take it for a tale. Choose another --output-dir, or a narrower pattern."
    )
    assert "The pattern 'texts/*_0*' finds text_0_v3.json too" in str(beside.value)


def test_a_tale_that_would_be_written_over_is_told(place: Path) -> None:
    (place / "json_v3").symlink_to("tales")
    (place / "tales" / "tale_0.json").rename(place / "tales" / "tale_0_v3.json")
    for given, out in (("tales/tale_0_v3.json", "tales"), ("json_v3/tale_0_v3.json", "tales"), ("tales", "json_v3")):
        with chdir(place), pytest.raises(OutputError) as refusal:
            annotate([given], out)
        assert str(refusal.value) == (
            f"tale_0_v3.json in the output folder {out} would be written over, but is named as a tale to be annotated. "
            f"Choose another --output-dir; or, where ft-core annotate wrote it, name the tales without it."
        )


def test_tales_that_a_shell_named_together_with_what_was_written_beside_them_are_refused(place: Path) -> None:
    with chdir(place):
        annotate(["texts/text_0.txt"], "texts")
        before = read_bytes(place)
        with pytest.raises(OutputError, match=r"text_0_v3\.json in the output folder texts would be written over"):
            annotate(sorted(map(str, Path("texts").glob("*"))), "texts")
    assert read_bytes(place) == before


def test_a_file_that_has_the_name_of_the_report_is_not_written_over(place: Path) -> None:
    mine = place / "texts" / "annotation.json"
    mine.write_text('{"version": "3.0"}', encoding="utf-8")
    with chdir(place), pytest.raises(OutputError, match=r"texts/annotation\.json is there and was not written by ft-core anno"):
        annotate(["texts/*.txt"], "texts")
    assert mine.read_text(encoding="utf-8") == '{"version": "3.0"}'
