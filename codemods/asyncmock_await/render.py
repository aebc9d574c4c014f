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
    between = commas[0] if len(old) > 1 and commas else comma
    result = [
        arg if isinstance(arg.comma, cst.Comma) and arg is not old[-1] else _with_comma(arg, between)
        for arg in new[:-1]
    ]
    if not old:
        return [*result, new[-1]]
    last, end = new[-1], old[-1]
    if last is not end:
        comment = _comment_of(last.comma.whitespace_after) if isinstance(last.comma, cst.Comma) else None
        if comment is None and not any(arg is end for arg in new):
            comment = _comment_of(_end_of(end))
        behind: cst.Comma | cst.MaybeSentinel = end.comma
        after = end.whitespace_after_arg
        if isinstance(behind, cst.Comma):
            behind = behind.with_changes(whitespace_after=_commented(behind.whitespace_after, comment))
        else:
            after = _commented(after, comment)
        last = last.with_changes(comma=behind, whitespace_after_arg=after)
    return [*result, last]


def _with_comma(arg: cst.Arg, comma: cst.Comma | cst.MaybeSentinel) -> cst.Arg:
    """An argument that was the last one, or is new, with a comma like the others and the comment that it had."""
    if isinstance(comma, cst.Comma):
        comma = _like(comma, _end_of(arg))
    return arg.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))


def _end_of(arg: cst.Arg) -> cst.BaseParenthesizableWhitespace:
    return arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else arg.whitespace_after_arg


def _like(model: cst.Comma, own: cst.BaseParenthesizableWhitespace) -> cst.Comma:
    """A comma as another one is laid out, with the comment that stands here; never with that of the other."""
    comment = _comment_of(own)
    if comment is not None and not isinstance(model.whitespace_after, cst.ParenthesizedWhitespace):
        return model.with_changes(whitespace_after=own)
    space = _commented(model.whitespace_after, comment)
    if isinstance(space, cst.ParenthesizedWhitespace):
        space = space.with_changes(empty_lines=[])
    return model.with_changes(whitespace_after=space)


def _comment_of(space: cst.BaseParenthesizableWhitespace) -> cst.TrailingWhitespace | None:
    """The end of the first line, where it has a comment."""
    if isinstance(space, cst.ParenthesizedWhitespace) and space.first_line.comment is not None:
        return space.first_line
    return None


def _commented(
    space: cst.BaseParenthesizableWhitespace, comment: cst.TrailingWhitespace | None
) -> cst.BaseParenthesizableWhitespace:
    """The same line break with this comment, or none."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    none = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
    return space.with_changes(first_line=comment or none)


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
    aliases = [alias for alias in old if (alias.evaluated_alias or alias.evaluated_name) not in dropped]
    for name in names:
        if name not in known:
            aliases.insert(_place_among(aliases, name), cst.ImportAlias(cst.Name(name)))
    if aliases == old or not aliases:
        return text
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    between = next((alias.comma for alias in old[:-1] if isinstance(alias.comma, cst.Comma)), comma)
    aliases = [_followed(alias, between, old[-1]) for alias in aliases[:-1]] + [_ended(aliases[-1], old[-1], aliases)]
    return module.code_for_node(statement.with_changes(names=aliases))


def _followed(alias: cst.ImportAlias, between: cst.Comma, end: cst.ImportAlias) -> cst.ImportAlias:
    """A name with another one behind it; `end` was the last one."""
    if isinstance(alias.comma, cst.Comma) and alias is not end:
        return alias
    own = alias.comma.whitespace_after if isinstance(alias.comma, cst.Comma) else cst.SimpleWhitespace("")
    return alias.with_changes(comma=_like(between, own))


def _ended(alias: cst.ImportAlias, end: cst.ImportAlias, names: Sequence[cst.ImportAlias]) -> cst.ImportAlias:
    """The last name, ending as the last one did before; a comment stays with its name."""
    if alias is end or not isinstance(end.comma, cst.Comma):
        return alias.with_changes(comma=end.comma)
    comment = _comment_of(alias.comma.whitespace_after) if isinstance(alias.comma, cst.Comma) else None
    if comment is None and not any(each is end for each in names):
        comment = _comment_of(end.comma.whitespace_after)
    return alias.with_changes(
        comma=end.comma.with_changes(whitespace_after=_commented(end.comma.whitespace_after, comment))
    )


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
