"""Checks of environment variables: what keeps the hub's client off the network, and what slows training down or hides a GPU."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from ft_core.engine.doctor.finding import Finding
from ft_core.engine.doctor.processor import count_cores

__all__ = ["check_network_flags", "check_surprises", "hides_gpus"]

_TRUE = {"1", "ON", "YES", "TRUE"}
_FLAGS = {
    "HF_HUB_OFFLINE": "a hub model is taken from the hub's cache, and never downloaded",
    "TRANSFORMERS_OFFLINE": "the hub's client is offline by it, too",
    "HF_DATASETS_OFFLINE": "concerns the library datasets only; ft-core downloads no data",
}
_NO_CUDA = {"", "-1"}


def check_network_flags(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Say which offline flags are set and what they mean.

    Args:
        environment: the variables.
    """
    on = [name for name in _FLAGS if environment.get(name, "").upper() in _TRUE]
    for name in on:
        remedy = "" if name == "HF_DATASETS_OFFLINE" else f"to download a base model: unset {name}"
        yield Finding(name, "note", f"set: {_FLAGS[name]}", remedy)
    if not on:
        text = "no offline flag is set: a hub model that the cache lacks is downloaded once; the embedded one needs no network"
        yield Finding("network", "ok", text)


def hides_gpus(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether ``CUDA_VISIBLE_DEVICES`` names no GPU at all.

    Args:
        environment: the variables.
    """
    return environment.get("CUDA_VISIBLE_DEVICES", "0").strip() in _NO_CUDA


def check_surprises(environment: Mapping[str, str] = os.environ, cores: int | None = None) -> Iterator[Finding]:
    """Look for settings that contradict what the machine could do.

    Args:
        environment: the variables.
        cores: how many this process may use; None looks.
    """
    found = list(_find_surprises(environment, count_cores() if cores is None else cores))
    yield from found or [Finding("variables", "ok", "none that hides a GPU or slows training down")]


def _find_surprises(environment: Mapping[str, str], cores: int) -> Iterator[Finding]:
    if hides_gpus(environment):
        text = f"is {environment['CUDA_VISIBLE_DEVICES']!r}: every GPU is hidden, and training takes the CPU"
        yield Finding("CUDA_VISIBLE_DEVICES", "note", text, "to train on a GPU: unset CUDA_VISIBLE_DEVICES")
    if environment.get("UNSLOTH_FORCE_CPU") == "1":
        text = "is 1: Unsloth takes the CPU, and refuses a GPU"
        yield Finding("UNSLOTH_FORCE_CPU", "note", text, "to train on a GPU: unset UNSLOTH_FORCE_CPU")
    threads = environment.get("OMP_NUM_THREADS", "")
    if threads.isdigit() and int(threads) < cores:
        text = f"is {threads}: PyTorch computes with so many threads on {cores} cores, slower on a CPU"
        yield Finding("OMP_NUM_THREADS", "note", text, "unset OMP_NUM_THREADS")
    if environment.get("OMP_WAIT_POLICY", "").lower() == "active":
        text = "is active: training on a CPU is up to ten times slower when another program wants a core"
        yield Finding("OMP_WAIT_POLICY", "note", text, "unset OMP_WAIT_POLICY")
    if environment.get("HF_HUB_DISABLE_TELEMETRY", "1").upper() not in _TRUE:
        text = "is off: the hub's client may tell of its use"
        yield Finding("HF_HUB_DISABLE_TELEMETRY", "note", text, "unset HF_HUB_DISABLE_TELEMETRY; ft-core then sets it to 1")
