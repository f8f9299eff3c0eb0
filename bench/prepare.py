"""Speed and memory of ``ft-core prepare`` on many tales, next to the least that any program would have to do.

    python bench/prepare.py --corpus ../shared/corpus --tales 20000
    python bench/prepare.py --tales 500 --sidecars

The tales are those of a corpus (or the samples that come with ft-core), each written again and again with its letters
exchanged by a cipher of its own, so that no two are alike while lengths, spans and labels stay as they are. The floor is
``orjson.loads`` of every tale and writing as many bytes as ``prepare`` wrote. Everything runs in one call, one after the other;
memory is the sum over the processes, taken fifty times a second. Prints one JSON list.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import string
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import psutil

from ft_core.corpus.reading.samples import samples_dir

TRANSLATED = {"text", "text_content", "sentence", "name", "alias", "agents", "targets", "agent", "target", "instrument"}
SCRIPTS = ((0x4E00, 0x9FA5), (0x3041, 0x3096), (0x30A1, 0x30FA))
EVERY = 0.02


@dataclass(frozen=True)
class Source:
    """A tale to vary: its JSON, its sidecar and its text, where there are any."""

    tale: dict[str, Any]
    sidecar: dict[str, Any] | None = None
    text: str = ""


def read_sources(corpus: Path | None) -> list[Source]:
    """Read the tales of a corpus, or the samples."""
    files = sorted(corpus.glob("*/json_v3/*.json")) if corpus else sorted(samples_dir().glob("*.json"))
    return [_read_source(file) for file in files]


def _read_source(file: Path) -> Source:
    tale = json.loads(file.read_text(encoding="utf-8-sig"))
    beside, name = file.parents[1], tale["metadata"]["id"]
    sidecar, text = beside / "stac_annotations" / f"{name}_stac.json", beside / "texts" / f"{name}.txt"
    return Source(
        tale,
        json.loads(sidecar.read_text(encoding="utf-8-sig")) if sidecar.exists() else None,
        text.read_text(encoding="utf-8-sig") if text.exists() else "",
    )


def make_cipher(seed: int) -> Callable[[str], str]:
    """Return a function that exchanges the letters of a text, Chinese and Japanese ones too, and keeps its length."""
    chance = random.Random(seed)
    latin = list(string.ascii_lowercase)
    chance.shuffle(latin)
    table = dict(zip(map(ord, string.ascii_lowercase), latin, strict=True))
    table |= {ord(chr(key).upper()): value.upper() for key, value in table.items()}
    shifts = [(first, last - first + 1, chance.randrange(1, last - first)) for first, last in SCRIPTS]
    wide = re.compile("|".join(f"[{chr(first)}-{chr(last)}]" for first, last in SCRIPTS))

    def exchange(match: re.Match[str]) -> str:
        code = ord(match.group())
        first, size, shift = next(each for each in shifts if each[0] <= code < each[0] + each[1])
        return chr(first + (code - first + shift) % size)

    return lambda text: wide.sub(exchange, text.translate(table))


def vary(value: Any, cipher: Callable[[str], str], *, translated: bool = False) -> Any:
    """Return a tale or sidecar with the texts and names in it enciphered, and everything else as it is."""
    if isinstance(value, dict):
        return {
            key: vary(each, cipher, translated=key in TRANSLATED or (translated and key != "type"))
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [vary(each, cipher, translated=translated) for each in value]
    return cipher(value) if translated and isinstance(value, str) else value


def write_tales(sources: list[Source], count: int, folder: Path, *, sidecars: bool) -> None:
    """Write varied tales, with their sidecars and texts where asked for."""
    for name in ("tales", "stac", "texts"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        source, cipher, name = sources[number % len(sources)], make_cipher(number), f"bench-{number:06}"
        tale = vary(source.tale, cipher)
        tale["metadata"] = {**tale["metadata"], "id": name}
        (folder / "tales" / f"{name}.json").write_bytes(orjson.dumps(tale, option=orjson.OPT_INDENT_2))
        if sidecars and source.sidecar is not None:
            (folder / "stac" / f"{name}_stac.json").write_bytes(orjson.dumps(vary(source.sidecar, cipher)))
            (folder / "texts" / f"{name}.txt").write_text(cipher(source.text), encoding="utf-8")


def measure_floor(tales: Path, written: int, folder: Path) -> float:
    """Return the seconds that reading and parsing the tales and writing some bytes take."""
    block = b"x" * (1 << 20)
    began = time.perf_counter()
    for path in sorted(tales.iterdir()):
        orjson.loads(path.read_bytes())
    with (folder / "floor.bin").open("wb") as file:
        for _ in range(written >> 20):
            file.write(block)
        file.write(block[: written & ((1 << 20) - 1)])
        file.flush()
        os.fsync(file.fileno())
    seconds = time.perf_counter() - began
    (folder / "floor.bin").unlink()
    return seconds


def run_prepare(data: Path, out: Path, *flags: str) -> tuple[float, int]:
    """Run the command; return its seconds and the most memory that it and its processes took together, in bytes."""
    command = [sys.executable, "-m", "ft_core", "prepare", "--data-dir", str(data / "tales"), "--output-dir", str(out), *flags]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    if process.wait() != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    seconds = time.perf_counter() - began
    watcher.join()
    return seconds, peak[0]


def _watch(pid: int, peak: list[int]) -> None:
    while True:
        try:
            parent = psutil.Process(pid)
            if parent.status() == psutil.STATUS_ZOMBIE:
                return
            family = [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        peak[0] = max(peak[0], sum(_list_memory(family)))
        time.sleep(EVERY)


def _list_memory(family: list[psutil.Process]) -> Iterator[int]:
    for process in family:
        try:
            yield process.memory_info().rss
        except psutil.NoSuchProcess:
            continue


def hash_folder(folder: Path) -> str:
    """Return a hash over the names and bytes of the files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def count_bytes(folder: Path) -> int:
    """Return how many bytes the files below a folder hold."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True)
class Measurement:
    """One run of ``prepare``, and the floor that was measured right after it.

    Attributes:
        leaks, workers: the options of the run.
        seconds: how long it took.
        floor: seconds that reading and parsing the tales and writing as many bytes took.
        peak: the most memory that all its processes took together, in bytes.
        read, written: bytes of the tales and of the output.
        digest: over the names and bytes of the output.
    """

    leaks: str
    workers: int
    seconds: float
    floor: float
    peak: int
    read: int
    written: int
    digest: str

    def as_json(self, tales: int, *, sidecars: bool) -> dict[str, Any]:
        """Return the result in the shape of ``bench/results``; ``ratio`` is our tales/s by those of the floor."""
        return {
            "name": f"prepare, six steps, leaks {self.leaks}, {self.workers} workers{', sidecars' * sidecars}",
            "device": f"CPU, {os.cpu_count()} cores",
            "unit": "tales/s",
            "ours": round(tales / self.seconds, 1),
            "peer": round(tales / self.floor, 1),
            "peer_name": "orjson.loads of the input and writing the output's bytes",
            "ratio": round(self.floor / self.seconds, 4),
            "tales": tales,
            "seconds": round(self.seconds, 1),
            "read_mb": round(self.read / 1e6),
            "written_mb": round(self.written / 1e6),
            "read_mb_per_s": round(self.read / self.seconds / 1e6, 1),
            "peak_mb": round(self.peak / 1e6),
            "sha256": self.digest,
            "versions": {name: version(name) for name in ("ft-core", "orjson", "jsonschema-rs", "rensa", "pluggy")},
            "date": date.today().isoformat(),
        }


def measure(folder: Path, leaks: str, workers: int, flags: list[str]) -> Measurement:
    """Prepare the tales of a folder with some options, and measure the floor."""
    out = folder / "out"
    seconds, peak = run_prepare(folder, out, "--leaks", leaks, "--workers", str(workers), *flags)
    written, digest = count_bytes(out), hash_folder(out)
    shutil.rmtree(out)
    floor = measure_floor(folder / "tales", written, folder)
    return Measurement(leaks, workers, seconds, floor, peak, count_bytes(folder / "tales"), written, digest)


def main() -> None:
    """Make the tales, run ``prepare`` in each way, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="folder with <culture>/json_v3 folders; without it the samples are used")
    parser.add_argument("--tales", type=int, default=20000)
    parser.add_argument("--sidecars", action="store_true", help="write STAC sidecars and texts too, and use them")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        write_tales(read_sources(arguments.corpus), arguments.tales, folder, sidecars=arguments.sidecars)
        flags = ["--stac-dir", str(folder / "stac")] if arguments.sidecars else []
        done = [measure(folder, leaks, workers, flags) for workers in arguments.workers for leaks in ("off", "move")]
    if len({(each.leaks, each.digest) for each in done}) != len({each.leaks for each in done}):
        raise SystemExit("the bytes depend on the number of workers")
    print(json.dumps([each.as_json(arguments.tales, sidecars=arguments.sidecars) for each in done], indent=2))


if __name__ == "__main__":
    main()
