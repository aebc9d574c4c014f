"""New text for one call or one import statement, by LibCST: everything that doesn't change keeps its layout."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from codemods.websocket_ssot.part import ImportChange, NewImport


def _expression(text: str) -> tuple[cst.Module, cst.BaseExpression]:
    """An expression that may run over several lines, parsed in brackets that are not part of it."""
    module = cst.parse_module(f"({text})")
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    value = cst.ensure_type(line.body[0], cst.Expr).value
    return module, value.with_changes(lpar=value.lpar[1:], rpar=value.rpar[:-1])


def call_of(text: str, function: str, arguments: Sequence[tuple[int, str]], *, awaited: bool) -> str:
    """The call in `text` made one of `function`, with these of its arguments (see `CallChange`).

    With `awaited` the `await` in front of the call goes.
    """
    module, node = _expression(text)
    if awaited:
        node = cst.ensure_type(node, cst.Await).expression
    call = cst.ensure_type(node, cst.Call)
    name, _value = _dotted(function), None
    args = _arguments(call.args, arguments)
    spare = {} if args else {"whitespace_before_args": cst.SimpleWhitespace("")}
    return module.code_for_node(call.with_changes(func=name, args=args, **spare))


def _dotted(name: str) -> cst.Name | cst.Attribute:
    first, *rest = name.split(".")
    node: cst.Name | cst.Attribute = cst.Name(first)
    for part in rest:
        node = cst.Attribute(node, cst.Name(part))
    return node


def _arguments(old: Sequence[cst.Arg], wanted: Sequence[tuple[int, str]]) -> list[cst.Arg]:
    new = []
    for index, keyword in wanted:
        arg = old[index]
        if keyword:
            tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
            arg = arg.with_changes(keyword=cst.Name(keyword), equal=tight)
        new.append(arg)
    if new and len(new) < len(old):
        new[-1] = new[-1].with_changes(comma=old[-1].comma, whitespace_after_arg=old[-1].whitespace_after_arg)
    return new


def import_lines(text: str, change: ImportChange) -> tuple[str, tuple[str, ...]]:
    """(the statement as it is now, "" when it goes; further statements that stand below it)."""
    module = cst.parse_module(text)
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    statement = line.body[0]
    groups: dict[str, list[NewImport]] = {}
    for new in change.added:
        groups.setdefault(new.module, []).append(new)
    if isinstance(statement, cst.ImportFrom):
        kept = _from_statement(module, statement, change, groups)
    else:
        kept = _plain_statement(module, cst.ensure_type(statement, cst.Import), change)
    return kept, tuple(_line(name, group) for name, group in groups.items())


def _line(module: str, names: Sequence[NewImport]) -> str:
    return f"from {module} import {', '.join(_spelled(new) for new in names)}"


def _spelled(new: NewImport) -> str:
    return f"{new.name} as {new.asname}" if new.asname else new.name


def _plain_statement(module: cst.Module, statement: cst.Import, change: ImportChange) -> str:
    kept = [alias for index, alias in enumerate(statement.names) if index not in change.gone]
    if not kept:
        return ""
    return module.code_for_node(statement.with_changes(names=_closed(kept, statement.names)))


def _closed(kept: Sequence[cst.ImportAlias], old: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """Names whose last one ends as the last one did before."""
    return [*kept[:-1], kept[-1].with_changes(comma=old[-1].comma)]


def _from_statement(
    module: cst.Module, statement: cst.ImportFrom, change: ImportChange, groups: dict[str, list[NewImport]]
) -> str:
    """The changed from-import; the group of new names that it takes in is removed from `groups`."""
    if isinstance(statement.names, cst.ImportStar):
        return module.code_for_node(statement)
    old = list(statement.names)
    spelled = "." * len(statement.relative) + (module.code_for_node(statement.module) if statement.module else "")
    everything_goes = len(change.gone) == len(old)
    home = spelled if spelled in groups else next(iter(groups), "") if everything_goes else ""
    taken = groups.pop(home, [])
    aliases: list[cst.ImportAlias] = []
    for index, alias in enumerate(old):
        if index not in change.gone:
            aliases.append(alias)
        elif taken:
            aliases.append(_renamed(alias, taken.pop(0)))
    for new in taken:
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        aliases[-1] = aliases[-1].with_changes(comma=comma)
        aliases.append(_renamed(cst.ImportAlias(cst.Name("x")), new))
    if not aliases:
        return ""
    changed = statement.with_changes(names=_closed(aliases, old) if aliases[-1] is not old[-1] else aliases)
    if home and home != spelled:
        dots = len(home) - len(home.lstrip("."))
        rest = home[dots:]
        changed = changed.with_changes(relative=[cst.Dot()] * dots, module=_dotted(rest) if rest else None)
    return module.code_for_node(changed)


def _renamed(alias: cst.ImportAlias, new: NewImport) -> cst.ImportAlias:
    asname = None
    if new.asname:
        asname = alias.asname.with_changes(name=cst.Name(new.asname)) if alias.asname else cst.AsName(cst.Name(new.asname))
    return alias.with_changes(name=cst.Name(new.name), asname=asname)
