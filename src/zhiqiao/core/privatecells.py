"""Cells of source rows that belong to a private layer: what is encrypted there is encrypted in the kept rows, too."""

from __future__ import annotations

from zhiqiao.core.encryption import ring

PRIVATE_FIELDS = frozenset({"contact", "phone", "email", "money.budget"})
SEALED = "\x02"  # begins an encrypted cell; no cell of a file has it


def sealed(text: str) -> str:
    return f"{SEALED}{ring().encrypt(text)}" if text else text


def opened(cell: str) -> str:
    """A kept cell as it came."""
    return ring().decrypt(cell.removeprefix(SEALED)) if cell.startswith(SEALED) else cell
