from __future__ import annotations

from ft_core.corpus.beside.bare_text import BareText
from ft_core.corpus.beside.stac_alignment import PlacedSentence
from ft_core.corpus.beside.stac_record import Piece, cut_pieces, make_record
from ft_core.corpus.beside.stac_sentence import StacSentence
from ft_core.story import Stac


def place(*ranges: tuple[int, int], heads: str = "action") -> list[PlacedSentence]:
    return [PlacedSentence(StacSentence("$", number, "x", heads), *each) for number, each in enumerate(ranges)]


def cut(placed: list[PlacedSentence], start: int, end: int) -> list[tuple[int, int, int, float]]:
    return [(each.sentence.index, each.start, each.end, each.share) for each in cut_pieces(placed, start, end)]


def make(segment: str, *pieces: tuple[str, int, int], joint: str = " ") -> Stac:
    made = [Piece(StacSentence("$", 1, "x", head), start, end, 1.0) for head, start, end in pieces]
    return make_record(made, BareText.of(segment), joint)


def test_only_the_part_of_a_sentence_inside_the_segment_counts() -> None:
    assert cut(place((0, 10), (10, 20), (20, 30)), 5, 25) == [(0, 0, 5, 0.5), (1, 5, 15, 1.0), (2, 15, 20, 0.5)]


def test_a_sentence_with_less_than_a_quarter_of_itself_inside_is_left_out() -> None:
    assert cut(place((0, 100), (100, 200)), 76, 125) == [(1, 24, 49, 0.25)]
    assert cut(place((0, 100)), 40, 44) == []


def test_sentences_that_only_touch_the_segment_are_outside() -> None:
    assert cut(place((0, 10), (10, 20), (25, 30)), 10, 20) == [(1, 0, 10, 1.0)]
    assert cut(place((0, 10), (25, 30)), 10, 25) == []
    assert cut([], 0, 5) == []


def test_a_head_holds_its_sentences_in_order_in_the_words_of_the_segment() -> None:
    assert make("A fox. It ran. It won.", ("situation", 0, 5), ("action", 5, 11), ("consequence", 11, 17)) == Stac(
        "A fox.", "", "It ran.", "It won."
    )


def test_neighbours_under_one_head_keep_what_stands_between_them() -> None:
    assert make("\u3000It ran.\n\n It won.\n", ("action", 0, 6), ("action", 6, 12)).action == "It ran.\n\n It won."


def test_pieces_that_are_apart_are_joined() -> None:
    pieces = ("action", 0, 6), ("situation", 6, 11), ("action", 11, 17)
    assert make("It ran.\nA fox.\nIt won.", *pieces) == Stac("A fox.", "", "It ran. It won.")
    assert make("It ran.\nA fox.\nIt won.", *pieces, joint="").action == "It ran.It won."
    assert make("It ran.\nA fox.\nIt won.", pieces[0], pieces[2]).action == "It ran. It won."
