"""Test files collected by a glob that is made of the pattern: without its inner stars it finds other files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.pattern_filter.facts import Found
from codemods.pattern_filter.part import Around, Change, Reworded
from codemods.pattern_filter.program import Function, Program, Step
from codemods.pattern_filter.values import Way, way_of
from codemods.toolkit.python.collect_names import dotted_name

_FINDS = frozenset({"rglob", "glob"})
_CONDITIONS = (ast.If, ast.While, ast.BoolOp, ast.IfExp, ast.comprehension)


def file_globs(program: Program) -> Iterator[Found]:
    """The f-strings that make a glob of a pattern whose stars were taken out."""
    for node in program.texts:
        if isinstance(node, ast.JoinedStr) and len(node.values) == 3:
            function, step = program.place(node)
            way = _emptied(program, node, function)
            if way is not None:
                yield _judged(program, node, function, step, way)


def _emptied(program: Program, node: ast.JoinedStr, function: Function) -> Way | None:
    """The way of the pattern in an f-string like `f"**/*{pattern.replace('*', '')}*.py"`."""
    match node.values:
        case [ast.Constant(value=str(before)), ast.FormattedValue(value=inner), ast.Constant(value=str(behind))]:
            way = way_of(program, inner, function)
            if way.emptied and before.endswith("*") and behind.startswith("*"):
                return way
    return None


def _judged(program: Program, node: ast.JoinedStr, function: Function, step: Step, way: Way) -> Found:
    root = program.text(way.root)
    reason = f"the stars within {root} are taken out: no file is named like what is left"
    name = program.text(node)
    finders = list(_finders(program, node, function, step))
    if not finders or way.rebound or not dotted_name(way.root) or _overwritten(program, way, function, step):
        reason += "; what finds the files can't be followed"
        return Found("collection", node.lineno, node.col_offset, name, "PF209", reason, refused=True)
    before, behind = (str(part.value) for part in node.values if isinstance(part, ast.Constant))
    text = f"{before.rstrip('*')}*{behind.lstrip('*')}"
    changes: list[Change] = [Reworded(*program.module.span(node), f'"{text}"')]
    changes += (Around(*program.module.span(call), "matching_files(", f", {root})") for call in finders)
    return Found(
        "collection", node.lineno, node.col_offset, name, "PF106", reason,
        changes=tuple(changes), needs=("matching_files",),
    )  # fmt: skip


def _overwritten(program: Program, way: Way, function: Function, step: Step) -> bool:
    """Whether the pattern is another one by the time that the files are found."""
    last = max((each.index for each in way.passed), default=step.index)
    return any(each.step.index > last for each in program.assigned(function, way.root) if each.function is function)


def _finders(program: Program, node: ast.JoinedStr, function: Function, step: Step) -> Iterator[ast.Call]:
    """The calls of `Path.rglob` and `Path.glob` that get the glob, under the name that it is assigned to."""
    parent = program.parents.get(id(node))
    if isinstance(parent, ast.Call):
        if isinstance(parent.func, ast.Attribute) and parent.func.attr in _FINDS and not _module(parent):
            yield parent
        return
    match step.node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            for each in ast.walk(function.node):
                match each:
                    case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Name(id=given)]) if given == name:
                        if attr in _FINDS and not _module(each):
                            yield each


def _module(call: ast.Call) -> bool:
    """`glob.glob(...)` gives strings, and not paths."""
    return isinstance(call.func, ast.Attribute) and dotted_name(call.func.value) == "glob"


def searched_names(program: Program) -> Iterator[Found]:
    """The conditions that look for a glob, as it is, in the name of a file: `p == "*" or p.lower() in file.name`."""
    for node in ast.walk(program.module.tree):
        if isinstance(node, ast.BoolOp) and program.places(node):
            searched = _searched(node)
            if searched is not None:
                yield _judged_search(program, node, *searched)


def _searched(node: ast.BoolOp) -> tuple[ast.expr, ast.expr] | None:
    """(pattern, file) of a condition that holds for everything with `*`, and else for names that hold the pattern."""
    match node:
        case ast.BoolOp(
            op=ast.Or(),
            values=[
                ast.Compare(left=pattern, ops=[ast.Eq()], comparators=[ast.Constant(value="*")]),
                ast.Compare(left=wanted, ops=[ast.In()], comparators=[name]),
            ],
        ):
            same = dotted_name(pattern) == dotted_name(_any_case(wanted)) != ""
            held = _any_case(name)
            if same and isinstance(held, ast.Attribute) and held.attr == "name":
                return pattern, held.value
    return None


def _any_case(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "casefold"), args=[], keywords=[]):
            return inner
    return node


def _judged_search(program: Program, node: ast.BoolOp, pattern: ast.expr, file: ast.expr) -> Found:
    name, root = program.text(node), program.text(pattern)
    reason = f"{root} may be a glob, and no file has stars in its name"
    function, _step = program.place(node)
    known = program.assigned(function, file)
    if not known or not all(each.element and _gives_paths(each.value) for each in known):
        reason += f"; whether {program.text(file)} is a path can't be told"
        return Found("collection", node.lineno, node.col_offset, name, "PF209", reason, refused=True)
    new = f"matching_files([{program.text(file)}], {root})"
    parent = program.parents.get(id(node))
    new = new if isinstance(parent, _CONDITIONS) else f"bool({new})"
    return Found(
        "collection", node.lineno, node.col_offset, name, "PF108", reason,
        changes=(Reworded(*program.module.span(node), new),), needs=("matching_files",),
    )  # fmt: skip


def _gives_paths(value: ast.expr) -> bool:
    """Whether a loop goes through paths: `folder.rglob(...)`, also sorted."""
    match value:
        case ast.Call(func=ast.Name(id="sorted" | "list"), args=[inner, *_]):
            return _gives_paths(inner)
        case ast.Call(func=ast.Attribute(attr="rglob" | "glob" | "iterdir")):
            return not _module(value)
    return False
