"""`collect`: the commands for pytest that one module builds, and what is wrong with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from codemods.pattern_filter.categories import Categories
from codemods.pattern_filter.commands import Commands
from codemods.pattern_filter.config import Config
from codemods.pattern_filter.facts import Facts, Found, Generated, Kind
from codemods.pattern_filter.file_globs import file_globs, searched_names
from codemods.pattern_filter.generated import BEGIN, END, all_names
from codemods.pattern_filter.given import given_to
from codemods.pattern_filter.options import Command, Options
from codemods.pattern_filter.overrides import asked, overrides, patterns_of, predicates
from codemods.pattern_filter.program import Program
from codemods.pattern_filter.shells import Join, joins_of
from codemods.pattern_filter.strings import attached, in_tables, of_calls, strings
from codemods.pattern_filter.unread import unread_options
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_OPTION = re.compile(rb"[\"' ]-[km][\"'= {]|replace\(\s*[\"']\*")


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether a file may build a command for pytest with an option that selects tests."""
    return b"pytest" in body and _OPTION.search(body) is not None


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """All places of one module, with what is proposed for each."""
    generated = _generated(module)
    skipped = (generated.start, generated.end) if generated is not None else (0, 0)
    program = Program(module, skipped)
    commands = Commands(program)
    found: list[Found] = []
    joins = list(joins_of(program, commands, _origins(names)))
    categories = Categories(program, commands)
    options = Options(program, commands, categories)
    held = {join.key: commands.holds(join.key) for join in joins}
    for key in commands.roots():
        own = [join for join in joins if key == join.key or key in held[join.key]]
        found += options.found(Command(key, given_to(commands, key), own))
    found += _joined(program, joins)
    if commands.pytest:
        patterns = patterns_of(program)
        found += overrides(program, categories, patterns)
        found += predicates(program, asked(program, categories, patterns))
        found += file_globs(program)
        found += searched_names(program)
        found += unread_options(program)
        found += attached(program, commands)
    found += strings(program)
    found += of_calls(program)
    found += in_tables(program, options.seen)
    found += _asking(program, generated.functions if generated is not None else _imported(names, config.module))
    insert = _insertion(module)
    return Facts(
        tuple(sorted(found, key=lambda place: (place.line, place.column, place.kind))),
        insert=insert,
        taken=tuple(sorted(_taken(program, names))),
        modules=tuple(sorted(_modules(names, insert, skipped))),
        imported=tuple(sorted(_imported(names, config.module))),
        generated=generated,
    )


def _joined(program: Program, joins: list[Join]) -> Iterator[Found]:
    """Commands that are joined with spaces for a shell."""
    for join in joins:
        if join.shell:
            at, name = join.call, program.text(join.call)
            if join.split:
                reason = f"{join.split} may be meant as several words for the shell"
                yield Found("shell command", at.lineno, at.col_offset, name, "PF206", reason, refused=True)
            else:
                reason = "an argument with a space falls apart in the shell"
                yield Found(
                    "shell command", at.lineno, at.col_offset, name, "PF104", reason,
                    changes=(join.change,), needs=join.needs,
                )  # fmt: skip


_KIND_OF: Mapping[str, Kind] = {
    "apply_pattern": "pattern",
    "narrow": "second option",
    "pattern_for": "policy",
    "is_filtered": "policy",
    "matching_files": "collection",
    "shell_command": "shell command",
}


def _asking(program: Program, functions: Iterable[str]) -> Iterator[Found]:
    """The places that ask the generated code already."""
    known = set(functions) & _KIND_OF.keys()
    for name in sorted(known):
        for call in program.called_by_name(name):
            if isinstance(call.func, ast.Name):
                yield Found(_KIND_OF[name], call.lineno, call.col_offset, name, "", "asks the generated code")


def _origins(names: ModuleNames) -> Mapping[str, str]:
    """What the names that imports bind anywhere in a module stand for."""
    origins: dict[str, str] = {}
    for statement in names.imports:
        for name in statement.names:
            if statement.is_from:
                origins[name.bound] = f"{statement.module}.{name.name}"
            elif name.asname:
                origins[name.asname] = name.name
            else:
                origins[name.name.partition(".")[0]] = name.name.partition(".")[0]
    return origins


def _taken(program: Program, names: ModuleNames) -> Iterator[str]:
    """Names of the generated code that mean something else anywhere in the module."""
    found = {name for function in program.functions for name in (*function.params, function.name)} | program.bound
    found |= {step.node.name for step in program.top.steps if isinstance(step.node, ast.ClassDef)}
    for statement in names.imports:
        found |= {name.bound for name in statement.names if statement.is_from or name.asname}
    yield from all_names() & found


def _imported(names: ModuleNames, module: str) -> Iterator[str]:
    """The names that a module is imported for."""
    for statement in names.imports:
        if statement.is_from and statement.module == module and not statement.context:
            yield from (name.bound for name in statement.names)


def _modules(names: ModuleNames, before: int, skipped: tuple[int, int]) -> Iterator[str]:
    """The modules that are imported under their own names, and without a condition, before an offset.

    What the generated code imports (within `skipped`) doesn't count: it goes when that code is written anew.
    """
    for name, all_bindings in names.bindings.items():
        bindings = [each for each in all_bindings if not skipped[0] <= each.start < skipped[1]]
        own = all(each.kind == "import" and each.module == name for each in bindings)
        if own and any(each.end <= before and not each.context for each in bindings):
            yield name


def _insertion(module: Module) -> int:
    """Behind the imports at the top, in front of the first definition or the first thing that runs a test."""
    at = 0
    body = module.tree.body
    for number, node in enumerate(body):
        if (number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or isinstance(
            node, (ast.Import, ast.ImportFrom)
        ):
            at = module.span(node)[1]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            break
    return at


def _generated(module: Module) -> Generated | None:
    body = module.source.body
    start = body.find(BEGIN.encode())
    end = body.find(END.encode(), start)
    if start < 0 or end < 0:
        return None
    end += len(END)
    functions: list[str] = []
    policy: list[tuple[str, str]] = []
    for node in module.tree.body:
        at = module.span(node)[0]
        if not start <= at < end:
            continue
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            functions.append(node.name)
        match node:
            case ast.AnnAssign(target=ast.Name(id="CATEGORY_POLICY"), value=ast.Dict(keys=keys, values=values)):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                        policy.append((str(key.value), str(value.value)))
    return Generated(start, end, tuple(functions), tuple(policy))
