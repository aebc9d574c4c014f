"""What a pattern selects: the code that the codemod puts into a test runner, or into a module beside it.

The meaning of a pattern:

- Nothing, `*` and `**` select everything: the command stays as it is.
- A pattern with `/`, or one that ends in `.py`, selects files: those whose path ends with it or that lie in a folder
  that it names, as in `fnmatch` (`*` stands for any characters, also for `/`).  The paths of the command are replaced
  by the files below them that match; what else the command selects by stays.
- Any other pattern selects by name: each piece between its stars has to occur, in any order and ignoring case, in one
  of the names that pytest's `-k` looks at.  Words side by side must all match; `and`, `or`, `not` and round brackets
  combine them as in pytest.  `[ab]` is one of these characters.  To look for the word "and", write `*and*`.
- What pytest can't be asked for (`?`, `[!a]`, a character that no expression may hold) is an error, never a guess.

A category is filtered by name unless `CATEGORY_POLICY` says "path" (the pattern is looked for in the names of files
instead) or "none".
"""

import collections.abc
import fnmatch
import os
import pathlib
import re
import shlex
import subprocess
import sys

CATEGORY_POLICY: dict[str, str] = {}
SELECTION_ROOT = pathlib.Path()
TEST_FILE_NAMES = ("test_*.py", "*_test.py")
_SKIPPED_FOLDERS = frozenset({"__pycache__", "build", "dist", "node_modules", "venv"})
_VALUE_FOLLOWS = re.compile(r"-[ckmnoprW]|--(?:tb|cov|cov-config|cov-report|rootdir|junitxml|maxfail|timeout)")
_NAME = re.compile(r"[\w:+\-.\[\]\\/]+")
_OPERATORS = frozenset({"and", "or", "not"})


class PatternError(ValueError):
    """The pattern can't be expressed as a selection of tests."""


class Selection:
    """A parsed pattern: `text` is one piece of a name, or else `operator` combines `parts`.  Empty for everything."""

    def __init__(self, operator: str, text: str = "", parts: "tuple[Selection, ...]" = ()) -> None:
        self.operator = operator
        self.text = text
        self.parts = parts

    def __bool__(self) -> bool:
        """Whether it selects less than everything."""
        return bool(self.text or self.parts)

    def expression(self) -> str:
        """The text for `-k`, which ignores the case of names, but not that of operators."""
        if not self.parts:
            return self.text.upper() if self.text in _OPERATORS else self.text
        inner = [f"({part.expression()})" if part.parts else part.expression() for part in self.parts]
        return f"not {inner[0]}" if self.operator == "not" else f" {self.operator} ".join(inner)

    def holds(self, name: str) -> bool:
        """Whether it selects this name, which is in lower case."""
        if not self.parts:
            return self.text.lower() in name
        found = [part.holds(name) for part in self.parts]
        return not found[0] if self.operator == "not" else any(found) if self.operator == "or" else all(found)


def apply_pattern(command: list[str], pattern: str | None, category: str | None = "") -> list[str]:
    """Narrow a pytest command to what the pattern selects, as the category's policy says; the list itself changes.

    Raises `SystemExit` with pytest's status for wrong usage when the pattern has no meaning.
    """
    text = (pattern_for(pattern, category) or "").strip()
    if not text.strip("* "):
        return command
    if CATEGORY_POLICY.get(category or "", "name") == "path" or names_path(text):
        select_files(command, text)
    else:
        narrow(command, "-k", understood(text).expression())
    return command


def pattern_for(pattern: str | None, category: str | None) -> str | None:
    """The pattern, or "*" where the category is never filtered; says so when that makes a difference."""
    if is_filtered(category) or not (pattern or "").strip("* "):
        return pattern
    sys.stderr.write(f"warning: pattern {pattern!r} is not applied: category {category!r} is never filtered\n")
    return "*"


def is_filtered(category: str | None) -> bool:
    """Whether patterns are applied to a category."""
    return CATEGORY_POLICY.get(category or "", "name") != "none"


def narrow(command: list[str], option: str, expression: str) -> list[str]:
    """Add `-k` or `-m` to a pytest command; where it has one, both have to hold (pytest itself keeps only the last)."""
    if not expression.strip():
        return command
    for at in reversed(range(first_argument(command), len(command) - 1)):
        if command[at] == option:
            command[at + 1] = f"({command[at + 1]}) and ({expression})"
            return command
    command += [option, expression]
    return command


def first_argument(command: list[str]) -> int:
    """Where the arguments of pytest begin: behind the word `pytest`, or at once in a list for `pytest.main`."""
    return next((at + 1 for at, word in enumerate(command) if pathlib.Path(word).name in {"pytest", "py.test"}), 0)


def shell_command(command: list[str]) -> str:
    """The command as one line for a shell, each argument quoted."""
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def names_path(pattern: str) -> bool:
    """Whether a pattern selects files by their path."""
    return "/" in pattern or pattern.partition("::")[0].endswith(".py")


def matching_files(files: collections.abc.Iterable[pathlib.Path], pattern: str | None) -> list[pathlib.Path]:
    """The files that a pattern selects: by their path, or by their name where the pattern names no path.

    Raises `SystemExit` as `apply_pattern` does.
    """
    text = (pattern or "").strip()
    if not text.strip("* "):
        return list(files)
    if not names_path(text):
        selection = understood(text)
        return [file for file in files if selection.holds(file.name.lower())]
    glob = text.partition("::")[0].removeprefix("./").strip("/")
    globs = (glob, f"*/{glob}", f"{glob}/*", f"*/{glob}/*") if "/" in text else (glob, f"*/{glob}")
    return [file for file in files if any(fnmatch.fnmatchcase(path_below_root(file), each) for each in globs)]


def path_below_root(file: pathlib.Path) -> str:
    """The path as the project names it."""
    return (file.relative_to(SELECTION_ROOT) if file.is_relative_to(SELECTION_ROOT) else file).as_posix()


def select_files(command: list[str], pattern: str) -> None:
    """Put the matching files in the place of the paths of a command; where none matches, pytest ends with an error."""
    start = first_argument(command)
    places = [at for at in range(start, len(command)) if is_path(command, at)]
    chosen: list[str] = []
    for path in [command[at] for at in places] or ["."]:
        file, _, node = path.partition("::")
        node = node or pattern.partition("::")[2]
        below = matching_files(files_below(SELECTION_ROOT / file), pattern)
        chosen += [path_below_root(each) + (f"::{node}" if node else "") for each in below]
    if not chosen:
        sys.stderr.write(f"error: pattern {pattern!r} selects no test file\n")
    for at in reversed(places):
        del command[at]
    command[start:start] = list(dict.fromkeys(chosen)) or [f"{pattern} (no test file of this command matches)"]


def is_path(command: list[str], at: int) -> bool:
    """Whether a word of a command is a path: it exists, and is no value of the option before it."""
    word, before = command[at], command[at - 1] if at else ""
    exists = (SELECTION_ROOT / word.partition("::")[0]).exists()
    return exists and not word.startswith("-") and not _VALUE_FOLLOWS.fullmatch(before)


def files_below(path: pathlib.Path) -> list[pathlib.Path]:
    """The test files that pytest finds at a path."""
    if path.is_file():
        return [path]
    found: list[pathlib.Path] = []
    for entry in sorted(path.iterdir()) if path.is_dir() else ():
        if entry.is_dir() and entry.name not in _SKIPPED_FOLDERS and not entry.name.startswith("."):
            found += files_below(entry)
        elif entry.is_file() and any(fnmatch.fnmatch(entry.name, each) for each in TEST_FILE_NAMES):
            found.append(entry)
    return found


def understood(pattern: str) -> Selection:
    """What a pattern that names no path selects; says so and ends when it has no meaning."""
    try:
        return parse_pattern(pattern)
    except PatternError as error:
        sys.stderr.write(f"error: pattern {pattern!r}: {error}\n")
        raise SystemExit(4) from None


def keyword_expression(pattern: str) -> str:
    """The pattern as an expression for `-k`, "" where it selects everything.

    Raises `PatternError` when pytest has no such expression.
    """
    return parse_pattern(pattern).expression()


def parse_pattern(pattern: str) -> Selection:
    """What a pattern that names no path selects.  Raises `PatternError`."""
    words = re.findall(r"[()]|(?:\[[^\]\s]*\]|[^\s()])+", pattern)
    selection = parse_or(words) if words else Selection("and")
    if words:
        raise PatternError(f"{words[0]!r} is not expected here")
    return selection


def parse_or(words: list[str]) -> Selection:
    """Operands of `or`, taken from the beginning of the words."""
    parts = [parse_and(words)]
    while words[:1] == ["or"]:
        del words[0]
        parts.append(parse_and(words))
    return combined("or", parts) if all(parts) else Selection("and")


def parse_and(words: list[str]) -> Selection:
    """Operands of `and`, which may be left out between two words."""
    parts = [parse_operand(words)]
    while words and words[0] not in {"or", ")"}:
        if words[0] == "and":
            del words[0]
        parts.append(parse_operand(words))
    return combined("and", [part for part in parts if part])


def parse_operand(words: list[str]) -> Selection:
    """One glob, something in brackets, or one of these behind `not`."""
    word = words.pop(0) if words else ""
    if word == "not":
        inner = parse_operand(words)
        if not inner:
            raise PatternError("`not` everything selects nothing")
        return Selection("not", parts=(inner,))
    if word == "(":
        inner = parse_or(words)
        if words[:1] != [")"]:
            raise PatternError("a bracket is not closed")
        del words[0]
        return inner
    if word in {"", "and", "or", ")"}:
        at = f"{word!r} stands" if word else "it ends"
        raise PatternError(f"{at} where a name is expected (the word `and` is written *and*)")
    return combined("and", [parse_piece(text) for text in re.split(r"\*|::", word) if text])


def parse_piece(text: str) -> Selection:
    """What stands between two stars; each `[...]` in it makes alternatives, as in `fnmatch`."""
    texts = [""]
    for match in re.finditer(r"\[(!?)(\]?[^\]]*)\]|.", text, re.DOTALL):
        if match[0] == "?" or match[1]:
            raise PatternError(f"{match[0]} can't be said in an expression of pytest")
        choices = characters_of(match[2]) if match[2] else [match[0]]
        texts = [known + choice for known in texts for choice in choices]
        if len(texts) > 64:
            raise PatternError("it has more than 64 alternatives")
    for each in texts:
        if not _NAME.fullmatch(each):
            raise PatternError(f"{_NAME.sub('', each)[0]!r} can't stand in an expression of pytest")
    return combined("or", [Selection("or", each) for each in dict.fromkeys(texts)])


def characters_of(inside: str) -> list[str]:
    """The characters that a `[...]` stands for, ranges written out."""
    found: list[str] = []
    for first, last in re.findall(r"(.)(?:-(.))?", inside, re.DOTALL):
        found += [chr(code) for code in range(ord(first), ord(last or first) + 1)]
    if not found:
        raise PatternError(f"[{inside}] holds no character")
    return found


def combined(operator: str, parts: list[Selection]) -> Selection:
    """Several selections as one."""
    return parts[0] if len(parts) == 1 else Selection(operator, parts=tuple(parts))
