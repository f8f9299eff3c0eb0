from __future__ import annotations

import argparse

import pytest

from ft_core.cli.drift import add_drift_flag


def test_drift_is_allowed_only_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_drift_flag(parser)
    assert parser.parse_args([]).allow_drift is False
    assert parser.parse_args(["--allow-drift"]).allow_drift is True
    parser.print_help()
    assert "prompts, chat template or base model are not those of their training" in " ".join(capsys.readouterr().out.split())
