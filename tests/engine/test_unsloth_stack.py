from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from ft_core.engine import device as device_module
from ft_core.engine.device import find_device
from ft_core.engine.unsloth_stack import import_torch, import_unsloth
from ft_core.errors import EngineMissingError, TrainingError


def without_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = SimpleNamespace(is_available=lambda: False)
    monkeypatch.setattr(device_module, "import_torch", lambda: SimpleNamespace(cuda=cuda))


def test_a_missing_unsloth_is_an_error_with_the_install_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unsloth", None)
    with pytest.raises(EngineMissingError) as caught:
        import_unsloth("cpu")
    assert 'pip install "ft-core[train]"' in str(caught.value)
    assert "pip install --no-deps unsloth==2026.10.9 unsloth_zoo==2026.10.9" in str(caught.value)


def test_a_missing_torch_is_an_error_with_the_install_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EngineMissingError, match=r"torch cannot be imported"):
        import_torch()


def test_a_process_cannot_change_unsloths_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unsloth", SimpleNamespace(DEVICE_TYPE="cuda"))
    with pytest.raises(TrainingError, match=r"imported Unsloth for cuda, and it cannot change to cpu. Train in a new process"):
        import_unsloth("cpu")


def test_auto_is_the_cpu_where_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    without_gpu(monkeypatch)
    assert find_device("auto") == "cpu"


def test_a_gpu_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    without_gpu(monkeypatch)
    with pytest.raises(TrainingError, match=r"PyTorch sees no CUDA GPU. Train with --device cpu"):
        find_device("cuda")


@pytest.mark.parametrize("wanted", ["auto", "cpu"])
def test_four_bit_weights_need_a_gpu(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    without_gpu(monkeypatch)
    with pytest.raises(TrainingError, match=r"load_in_4bit needs a CUDA GPU"):
        find_device(wanted, load_in_4bit=True)  # type: ignore[arg-type]
