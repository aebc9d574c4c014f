"""New text for one expression or import statement, by LibCST: everything that doesn't change keeps its layout."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import libcst as cst

from codemods.asyncmock_await.part import CallChange


def _expression(text: str) -> tuple[cst.Module, cst.BaseExpression]:
    """An expression that may run over several lines, parsed in brackets that are not part of it."""
    module = cst.parse_module(f"({text})")
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    value = cst.ensure_type(line.body[0], cst.Expr).value
    return module, value.with_changes(lpar=value.lpar[1:], rpar=value.rpar[:-1])


def awaited(text: str, *, brackets: bool) -> str:
    """The expression under an `await`, in brackets where its value is taken apart.

    >>> awaited("mock.read( 1 )", brackets=True)
    '(await mock.read( 1 ))'
    """
    module, node = _expression(text)
    around = ([cst.LeftParen()], [cst.RightParen()]) if brackets else ([], [])
    return module.code_for_node(cst.Await(node, lpar=around[0], rpar=around[1]))


def unawaited(text: str) -> str:
    """What stands behind the `await`; brackets around both stay where they are.

    >>> unawaited("await  mock.read(1)")
    'mock.read(1)'
    """
    module, node = _expression(text)
    return module.code_for_node(cst.ensure_type(node, cst.Await).expression)


def changed_call(text: str, change: CallChange) -> str:
    """The call with another callee and other arguments (see `CallChange`).

    >>> changed_call("patch(x, new_callable=AsyncMock)", CallChange(0, 0, dropped=("new_callable",)))
    'patch(x)'
    """
    module, node = _expression(text)
    call = cst.ensure_type(node, cst.Call)
    function = cst.parse_expression(change.function) if change.function else call.func
    changed = call.with_changes(func=function, args=_arguments(call.args, change))
    if call.args and not changed.args:
        changed = changed.with_changes(whitespace_before_args=cst.SimpleWhitespace(""))
    return module.code_for_node(changed)


def _arguments(old: Sequence[cst.Arg], change: CallChange) -> list[cst.Arg]:
    kept = [arg for arg in old if arg.keyword is None or arg.keyword.value not in change.dropped]
    replaced = dict(change.positional)
    positions = [index for index, arg in enumerate(kept) if arg.keyword is None and not arg.star]
    for number, index in enumerate(positions):
        if number in replaced:
            kept[index] = kept[index].with_changes(value=cst.parse_expression(replaced[number]))
    added = [cst.Arg(cst.parse_expression(replaced[-1]))] if -1 in replaced else []
    behind = positions[-1] + 1 if positions else 0
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    keywords = [
        cst.Arg(cst.parse_expression(value), keyword=cst.Name(name), equal=tight) for name, value in change.added
    ]
    return _laid_out([*kept[:behind], *added, *kept[behind:], *keywords], old)


def _laid_out(new: list[cst.Arg], old: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Arguments with commas between them, the last one ending as the last one did before."""
    if not new:
        return new
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    commas = [arg.comma for arg in old if isinstance(arg.comma, cst.Comma)]
    between = _uncommented(commas[0]) if len(old) > 1 and commas else comma
    result = [
        arg if isinstance(arg.comma, cst.Comma) and arg is not old[-1] else _with_comma(arg, between)
        for arg in new[:-1]
    ]
    if not old:
        return [*result, new[-1]]
    last = new[-1].with_changes(comma=old[-1].comma, whitespace_after_arg=old[-1].whitespace_after_arg)
    return [*result, last]


def _uncommented(comma: cst.Comma) -> cst.Comma:
    """A comma with the line break that follows it, but without the comment there: that belongs to another name."""
    space = comma.whitespace_after
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return comma
    line = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
    return comma.with_changes(whitespace_after=space.with_changes(first_line=line, empty_lines=[]))


def _with_comma(arg: cst.Arg, comma: cst.Comma | cst.MaybeSentinel) -> cst.Arg:
    return arg.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))


def import_with(text: str, names: Sequence[str], dropped: Collection[str] = ()) -> str:
    """A from-import with further names, and without those that are dropped.

    A new name goes where it belongs if the others are sorted, else behind them, in their layout.

    >>> import_with("from unittest.mock import AsyncMock, patch", ["MagicMock"])
    'from unittest.mock import AsyncMock, MagicMock, patch'
    >>> import_with("from unittest.mock import AsyncMock", ["MagicMock"], {"AsyncMock"})
    'from unittest.mock import MagicMock'
    """
    module = cst.parse_module(text)
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    statement = cst.ensure_type(line.body[0], cst.ImportFrom)
    if isinstance(statement.names, cst.ImportStar):
        return text
    old = list(statement.names)
    known = {alias.evaluated_name for alias in old if alias.asname is None}
    aliases = [alias for alias in old if alias.asname is not None or alias.evaluated_name not in dropped]
    for name in names:
        if name not in known:
            aliases.insert(_place_among(aliases, name), cst.ImportAlias(cst.Name(name)))
    if aliases == old or not aliases:
        return text
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    between = next((_uncommented(alias.comma) for alias in old[:-1] if isinstance(alias.comma, cst.Comma)), comma)
    last = old[-1]
    aliases = [
        alias if isinstance(alias.comma, cst.Comma) and alias is not last else alias.with_changes(comma=between)
        for alias in aliases
    ]
    aliases[-1] = aliases[-1].with_changes(comma=last.comma)
    return module.code_for_node(statement.with_changes(names=aliases))


def _place_among(aliases: Sequence[cst.ImportAlias], name: str) -> int:
    """Where a name goes: constants, classes and functions apart as isort sorts them, or by the alphabet alone."""
    written = [alias.evaluated_name for alias in aliases]
    orders: tuple[Callable[[str], str], ...] = (_by_kind, str.casefold)
    for key in orders:
        keys = [key(each) for each in written]
        if keys == sorted(keys):
            return sum(1 for each in keys if each < key(name))
    return len(aliases)


def _by_kind(name: str) -> str:
    kind = "0" if name.isupper() and len(name) > 1 else "1" if name[:1].isupper() else "2"
    return kind + name
