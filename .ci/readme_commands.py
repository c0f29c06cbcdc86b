"""Print the commands that the README promises to work on a bare machine, one a line."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def readme_commands(text: str) -> list[str]:
    """Return the lines of the ``sh`` blocks below the heading "Two commands"."""
    section = re.search(r"^## Two commands\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    if section is None:
        raise SystemExit("README.md has no section 'Two commands'")
    blocks = re.findall(r"^```sh\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


if __name__ == "__main__":
    print("\n".join(readme_commands(README.read_text(encoding="utf-8"))))
