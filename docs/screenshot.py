"""Draw docs/screenshot.svg: a dry run on a terminal, as the example application shows it.

    python docs/screenshot.py            write it anew
    python docs/screenshot.py --check    exit 1 when it shows something else than the tool prints now

Colours are those of `codemods.toolkit.review.terminal`; rich draws the window.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from codemods.toolkit.review.terminal import coloured_diff

HERE = Path(__file__).resolve().parent.parent
PICTURE = HERE / "docs" / "screenshot.svg"
COMMAND = "codemods websocket_ssot examples/shop"
FILE = "shop/chat.py"
WIDTH = 118
WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture on a page may load nothing: the reader's own monospaced font is used."""


class Shown(NamedTuple):
    """What a dry run prints: the diff, and the summary."""

    diff: str
    summary: str


def dry_run() -> Shown:
    """Run the tool on a copy of the example application."""
    sys.path.insert(0, str(HERE))
    from docs.refresh import clone, environment

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        clone(folder)
        done = subprocess.run(
            COMMAND.split(), cwd=folder, env=environment(folder), capture_output=True, text=True, check=True,
            encoding="utf-8",
        )  # fmt: skip
    return Shown(done.stdout, done.stderr)


def lines(shown: Shown) -> Text:
    """The text of the picture, in colours: the command, one file of the diff, the summary."""
    sections = re.split(r"^(?=diff --git )", shown.diff, flags=re.MULTILINE)
    section = next((part for part in sections if FILE in part), "")
    text = Text.assemble(("$ ", "green"), (COMMAND, "bold"), "\n", ("...\n", "dim"))
    text.append_text(Text.from_ansi(coloured_diff(section.encode()).decode()))
    text.append("\n...\n", "dim")
    text.append(shown.summary)
    return text


def svg(text: Text) -> str:
    """The picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(text, end="", soft_wrap=False)
    picture = WEB_FONT.sub("", console.export_svg(title="codemods", theme=MONOKAI))
    return picture.replace("Fira Code, monospace", "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace")


def words(picture: str) -> str:
    """The characters that a picture shows, without spaces: they don't depend on the version of rich."""
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return re.sub(r"\s", "", html.unescape("".join(drawn)))


def main(arguments: Sequence[str]) -> int:
    """Draw or check the picture; the exit status."""
    picture = svg(lines(dry_run()))
    if "--check" in arguments:
        if PICTURE.exists() and words(PICTURE.read_text(encoding="utf-8")) == words(picture):
            return 0
        sys.stdout.write("docs/screenshot.svg is out of date; draw it anew with: python docs/screenshot.py\n")
        return 1
    PICTURE.write_text(picture, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
