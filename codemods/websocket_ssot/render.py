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
    changed = call.with_changes(func=_dotted(function), args=_arguments(call.args, arguments))
    if call.args and not arguments:
        changed = changed.with_changes(whitespace_before_args=cst.SimpleWhitespace(""))
    return module.code_for_node(changed)


def _dotted(name: str) -> cst.Name | cst.Attribute:
    first, *rest = name.split(".")
    node: cst.Name | cst.Attribute = cst.Name(first)
    for part in rest:
        node = cst.Attribute(node, cst.Name(part))
    return node


def _arguments(old: Sequence[cst.Arg], wanted: Sequence[tuple[int, str]]) -> list[cst.Arg]:
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = []
    for index, keyword in wanted:
        if index < 0:
            name, _equal, text = keyword.partition("=")
            arg = cst.Arg(cst.parse_expression(text), keyword=cst.Name(name), equal=tight)
        elif keyword:
            arg = old[index].with_changes(
                value=_closed_value(old[index].value),
                keyword=cst.Name(keyword),
                equal=old[index].equal if old[index].keyword else tight,
            )
        else:
            arg = old[index]
        new.append(arg)
    indices = [index for index, _keyword in wanted]
    if indices == list(range(len(old))):
        return new
    return [_in_place(arg, place, len(new), old) for place, arg in enumerate(new)]


def _closed_value(value: cst.BaseExpression) -> cst.BaseExpression:
    """A value that can stand behind `keyword=`: a walrus and a bare generator need brackets there."""
    if isinstance(value, (cst.NamedExpr, cst.GeneratorExp)) and not value.lpar:
        return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return value


def _in_place(arg: cst.Arg, place: int, count: int, old: Sequence[cst.Arg]) -> cst.Arg:
    """An argument with the comma and the white space of the place where it stands now."""
    if place == count - 1:
        if not old:
            return arg
        return arg.with_changes(comma=old[-1].comma, whitespace_after_arg=old[-1].whitespace_after_arg)
    if place < len(old) - 1:
        return arg.with_changes(comma=old[place].comma, whitespace_after_arg=old[place].whitespace_after_arg)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return arg.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))


def import_lines(text: str, change: ImportChange) -> tuple[str, tuple[str, ...]]:
    """(the statement as it is now, "" when it goes; further statements that stand below it)."""
    module = cst.parse_module(text)
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    statement = line.body[0]
    groups: dict[str, list[NewImport]] = {}
    for new in change.added:
        groups.setdefault(new.module, []).append(new)
    if isinstance(statement, cst.ImportFrom):
        kept, comments = _from_statement(module, statement, change, groups)
    else:
        kept, comments = _plain_statement(module, cst.ensure_type(statement, cst.Import), change), []
    lines = [_line(name, group) for name, group in groups.items()]
    for index, comment in enumerate(comments):
        if index < len(lines):
            lines[index] += "  " + comment
        else:
            lines.append(comment)
    return kept, tuple(lines)


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


def _last(alias: cst.ImportAlias, old: cst.ImportAlias) -> cst.ImportAlias:
    """A name with a comment of its own, in front of what the last name stood in front of."""
    if not isinstance(alias.comma, cst.Comma) or not isinstance(old.comma, cst.Comma):
        return alias
    own, closing = alias.comma.whitespace_after, old.comma.whitespace_after
    if not isinstance(own, cst.ParenthesizedWhitespace) or not isinstance(closing, cst.ParenthesizedWhitespace):
        return alias
    space = own.with_changes(indent=closing.indent, last_line=closing.last_line)
    return alias.with_changes(comma=alias.comma.with_changes(whitespace_after=space))


def _from_statement(
    module: cst.Module, statement: cst.ImportFrom, change: ImportChange, groups: dict[str, list[NewImport]]
) -> tuple[str, list[str]]:
    """The changed from-import, and the comments of names that left it without another in their place.

    The group of new names that it takes in is removed from `groups`.
    """
    if isinstance(statement.names, cst.ImportStar):
        return module.code_for_node(statement), []
    old = list(statement.names)
    spelled = "." * len(statement.relative) + (module.code_for_node(statement.module) if statement.module else "")
    everything_goes = len(change.gone) == len(old)
    home = spelled if spelled in groups else next(iter(groups), "") if everything_goes else ""
    taken = groups.pop(home, [])
    aliases: list[cst.ImportAlias] = []
    comments: list[str] = []
    for index, alias in enumerate(old):
        if index not in change.gone:
            aliases.append(alias)
        elif taken:
            aliases.append(_renamed(alias, taken.pop(0)))
        else:
            comments += _comments(module, alias)
    for new in taken:
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        aliases[-1] = aliases[-1].with_changes(comma=comma)
        aliases.append(_renamed(cst.ImportAlias(cst.Name("x")), new))
    if not aliases:
        return "", comments
    if aliases[-1] is not old[-1]:
        if _comments(module, aliases[-1]):
            aliases[-1] = _last(aliases[-1], old[-1])
        else:
            last = _comments(module, old[-1])
            comments = [comment for comment in comments if comment not in last]  # the last comma is taken over
            aliases = _closed(aliases, old)
    changed = statement.with_changes(names=aliases)
    if home and home != spelled:
        dots = len(home) - len(home.lstrip("."))
        rest = home[dots:]
        changed = changed.with_changes(relative=[cst.Dot()] * dots, module=_dotted(rest) if rest else None)
    return module.code_for_node(changed), comments


def _comments(module: cst.Module, alias: cst.ImportAlias) -> list[str]:
    """The comments behind the comma of a name in brackets."""
    if not isinstance(alias.comma, cst.Comma):
        return []
    lines = module.code_for_node(alias.comma).splitlines()
    return [line[line.index("#") :].rstrip() for line in lines if "#" in line]


def _renamed(alias: cst.ImportAlias, new: NewImport) -> cst.ImportAlias:
    asname = None
    if new.asname:
        asname = (
            alias.asname.with_changes(name=cst.Name(new.asname)) if alias.asname else cst.AsName(cst.Name(new.asname))
        )
    return alias.with_changes(name=cst.Name(new.name), asname=asname)
