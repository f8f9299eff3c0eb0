"""``ft-core preview`` with a tiny base model, as its user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ft_core.cli import main
from tests.engine.bases import save_base
from tests.tales import make_event, make_tale, write_tale

Show = Callable[..., str]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base") / "llama", "llama", context=64)


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def show(base: Path, capsys: pytest.CaptureFixture[str]) -> Show:
    """Runs the command and returns what it printed; its exit code must be 0 unless another one is named."""

    def run(*flags: str, code: int = 0) -> str:
        assert main(["preview", "action", "--model-name", str(base), *flags]) == code
        streams = capsys.readouterr()
        return streams.err if code else streams.out

    return run


def test_the_samples_are_shown_by_default_and_that_is_said(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "action", "--model-name", str(base)]) == 0
    streams = capsys.readouterr()
    assert streams.err == "The sample tales are shown; name your own with --data-dir DIR.\n"
    assert streams.out.startswith("Step action, tale sample_")


def test_a_row_is_shown_with_counts_shares_and_parts(show: Show) -> None:
    text = show()
    assert "Step action, tale sample_en_01" in text
    assert "base model llama" in text
    for part in ("prefix", "material", "trained"):
        assert f"--- {part}: " in text
    assert "%" in text
    assert "⟦<|im_start|>⟧│" in text
    assert text.rstrip().endswith("⟦<|im_end|>⟧")
    assert "\x1b" not in text


def test_the_prompt_is_rendered_by_the_models_template(show: Show) -> None:
    text = show()
    assert "<|im_start|>system\nYou annotate folktales." in text
    assert "<|im_end|>\n<|im_start|>assistant\n" in text


def test_a_terminal_gets_colors_unless_it_is_not_to(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    colored = show()
    assert "\x1b[" in colored
    assert "⟦" not in colored
    plain = show("--no-color")
    assert "38;5;" not in plain
    assert "⟦<|im_start|>⟧│" in plain


def test_an_event_is_found_in_whatever_split_its_tale_is(show: Show) -> None:
    name, event = "sample_en_06_lion_and_mouse", "lion-and-mouse-02"
    document = json.loads(show("--story", name, "--event", event, "--json"))
    assert (document["step"], document["story"], document["event"]) == ("action", name, event)
    assert "".join(token["text"] for token in document["tokens"] if token["part"] != "trained") == document["rendered"]
    for part in ("prefix", "material", "trained"):
        assert document[part] == sum(token["part"] == part for token in document["tokens"]) > 0


def test_several_examples_are_a_list_and_share_their_prefix(show: Show) -> None:
    documents = json.loads(show("--limit", "3", "--json"))
    assert len(documents) == 3
    assert len({tuple(token["id"] for token in each["tokens"][: each["prefix"]]) for each in documents}) == 1
    text = show("--limit", "2")
    assert text.count("--- the tokens ---") == 1
    assert "tokens, the same as above ---" in text


def test_the_split_that_is_named_is_shown(show: Show) -> None:
    text = show("--split", "test")
    assert "rows in the split test" in text
    assert text.splitlines()[0] != show("--split", "val").splitlines()[0]


def test_a_row_over_the_context_is_shown_and_told(show: Show) -> None:
    assert "longer than the base model's context of 64 tokens" in show()


def test_one_row_alone_is_told_to_have_no_material(show: Show, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    write_tale(folder, make_tale("ant", narrative_events=[make_event(1)]))
    text = show("--data-dir", str(folder), "--val-fraction", "0", "--test-fraction", "0")
    assert "There is only one row" in text


def test_control_characters_of_a_tale_do_not_reach_the_terminal(show: Show, tmp_path: Path) -> None:
    event = make_event(1)
    event["text_span"]["text"] = "The ant \x1b[31mran\x07."
    folder = tmp_path / "odd"
    write_tale(folder, make_tale("ant", narrative_events=[event]))
    text = show("--data-dir", str(folder), "--val-fraction", "0", "--test-fraction", "0")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "The ant ␛[31mran␇." in text


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--story", "sample_en_06_lion_and_mose"], "There is no tale 'sample_en_06_lion_and_mose' in"),
        (["--story", "sample_en_06_lion_and_mose"], "Did you mean 'sample_en_06_lion_and_mouse'?"),
        (["--story", "sample_en_01_magic_swan_geese", "--event", "x"], "There is no example of event 'x' there. Events with"),
        (["--story", "sample_en_01_magic_swan_geese", "--split", "test"], "is in the split 'train', not 'test'"),
        (["--test-fraction", "2"], "test_fraction: "),
    ],
)
def test_wrong_usage_exits_with_two(show: Show, flags: list[str], message: str) -> None:
    assert message in show(*flags, code=2)


def test_a_split_without_examples_fails_with_the_reason(show: Show) -> None:
    assert "Step 'action' has no examples of the split 'val'" in show("--split", "val", "--val-fraction", "0", code=1)


def test_a_limit_below_one_is_wrong_usage(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        show("--limit", "0")
    assert "must be 1 or more, not 0" in capsys.readouterr().err


def test_a_step_that_is_not_installed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "actoin"]) == 2
    assert "Did you mean 'action'?" in capsys.readouterr().err


def test_a_refused_tale_fails_the_command_after_showing_unless_it_is_to_keep_going(show: Show, tales: Path) -> None:
    (tales / "bad.json").write_text("[]", encoding="utf-8")
    assert "Refused: bad.json" in show("--data-dir", str(tales), code=1)
    assert "Step action" in show("--data-dir", str(tales), "--keep-going")
