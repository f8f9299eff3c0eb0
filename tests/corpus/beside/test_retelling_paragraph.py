from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ft_core.corpus.beside.retelling_paragraph import parse_paragraphs


def test_braces_and_not_lines_divide_paragraphs() -> None:
    assert parse_paragraphs("{One\nfox} {two\r\n\r\ncranes}\n{three}").texts == ("One\nfox", "two\r\n\r\ncranes", "three")


def test_all_paragraphs_may_stand_on_one_line() -> None:
    assert parse_paragraphs("{从前有一只狐狸。}{它遇见了鹤。}").texts == ("从前有一只狐狸。", "它遇见了鹤。")


def test_full_width_braces_divide_too() -> None:
    assert parse_paragraphs("｛むかし。｝\u3000｛おわり。｝").texts == ("むかし。", "おわり。")


def test_a_file_without_braces_has_a_paragraph_a_line() -> None:
    assert parse_paragraphs("\nOne fox.\n   \n\u3000Two cranes.\r\n").texts == ("One fox.", "Two cranes.")


def test_blank_braces_hold_no_paragraph() -> None:
    assert parse_paragraphs("{One}{ \u3000}{}{Two}").texts == ("One", "Two")


def test_a_heading_beside_the_braces_is_no_paragraph_but_told() -> None:
    found = parse_paragraphs("Here is the tale:\n{One}\n{Two}\nThe end.")
    assert (found.texts, found.outside) == (("One", "Two"), ("Here is the tale:", "The end."))


def test_a_brace_within_braces_is_a_problem_told_with_its_line() -> None:
    found = parse_paragraphs("{One}\n{Two\n{Three}")
    assert found.texts == ()
    assert found.problem == "the brace before 'Three}' (line 3) opens before the one before it is closed"


def test_a_brace_that_is_never_closed_or_never_opened_is_a_problem() -> None:
    assert parse_paragraphs("{One}\n{Two").problem == "the brace before 'Two' (line 2) is never closed"
    assert parse_paragraphs("{One}\nTwo}").problem == "a brace closes on line 2 that was never opened"


def test_decomposed_letters_are_composed() -> None:
    assert parse_paragraphs("{か\u3099}").texts == ("が",)


@given(st.text(alphabet="a \n{}｛｝\u3000é"))
def test_any_text_has_paragraphs_or_a_problem(text: str) -> None:
    found = parse_paragraphs(text)
    assert not (found.texts and found.problem)
    assert bool(found.texts or found.problem or found.outside) == bool(text.strip(" \n\u3000{}｛｝") or found.problem)
    assert all(each.strip() == each != "" for each in found.texts)


@given(st.lists(st.text(st.characters(exclude_characters="{}｛｝", exclude_categories=("Cs",)), min_size=1), max_size=6))
def test_paragraphs_come_back_as_they_were_put_in_braces(texts: list[str]) -> None:
    found = parse_paragraphs("\n".join(f"{{{text}}}" for text in texts))
    assert found.texts == parse_paragraphs("".join(f"｛{text}｝" for text in texts)).texts
    assert len(found.texts) == sum(bool(text.strip()) for text in texts)
