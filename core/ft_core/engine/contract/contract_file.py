"""``contract.json``: the contract beside its adapter."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ft_core.atomic import write_text
from ft_core.engine.contract.contract import FORMAT, Contract
from ft_core.errors import ContractError

__all__ = ["CONTRACT_FILE", "read_contract", "write_contract"]

CONTRACT_FILE = "contract.json"


def write_contract(folder: Path, contract: Contract) -> None:
    """Write the contract into an adapter's folder, complete or not at all; the same contract gives the same bytes.

    Raises:
        OutputError: no space or no permission.
    """
    # Keys are not sorted: the order of the schema's properties is that of the answer's keys.
    write_text(folder / CONTRACT_FILE, json.dumps(asdict(contract), ensure_ascii=False, indent=1) + "\n")


def read_contract(folder: Path) -> Contract | None:
    """Read the contract of an adapter; None where an older ft-core has written none.

    Raises:
        ContractError: it cannot be read, or is of a newer form.
    """
    path = folder / CONTRACT_FILE
    if not path.exists():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(values, dict) and isinstance(values.get("format"), int) and values["format"] > FORMAT:
            raise ContractError(f"{path} was written by a newer ft-core (form {values['format']}). Upgrade ft-core to use it.")
        return TypeAdapter(Contract).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "$"
        raise _damaged(path, f"{place}: {first['msg'][0].lower()}{first['msg'][1:]}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> ContractError:
    return ContractError(f"{path} is not the contract of an adapter ({why}). Train the step anew with --overwrite.")
