"""Parameters of a function, as records."""

from __future__ import annotations

import ast
from typing import Literal

import msgspec

Kind = Literal["positional", "plain", "rest", "keyword", "keywords"]


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """One parameter.

    `kind` is `positional` (before `/`), `plain` (by position or keyword), `rest` (`*args`), `keyword` (behind `*`) or
    `keywords` (`**kwargs`).  `default` and `annotation` are their code, "" where there is none.
    """

    name: str
    kind: Kind
    default: str = ""
    annotation: str = ""

    @property
    def text(self) -> str:
        """The parameter as it is written."""
        star = {"rest": "*", "keywords": "**"}.get(self.kind, "")
        hint = f": {self.annotation}" if self.annotation else ""
        default = f"{' = ' if hint else '='}{self.default}" if self.default else ""
        return f"{star}{self.name}{hint}{default}"


Parameters = tuple[Parameter, ...]


def parameters(text: str) -> Parameters:
    """The parameters in a text like `(a, b=1, *, c)`.  Raises `ValueError` where it is none."""
    inner = text.strip()
    if not (inner.startswith("(") and inner.endswith(")")):
        raise ValueError(f"signature: {text!r} has no parentheses around it")
    try:
        tree = ast.parse(f"def f{inner}: ...")
    except SyntaxError as problem:
        raise ValueError(f"signature: {text!r} can't be parsed: {problem.msg}") from None
    match tree.body:
        case [ast.FunctionDef(args=arguments, returns=None)]:
            return of(arguments)
    raise ValueError(f"signature: {text!r} is more than parameters in parentheses")


def check_argument(text: str) -> None:
    """Raise `ValueError` where a text can't stand as the value of one argument, as it is."""
    try:
        call = ast.parse(f"f(x={text})", mode="eval").body
    except SyntaxError as problem:
        raise ValueError(f"value: {text!r} can't be passed so (in parentheses?): {problem.msg}") from None
    if not isinstance(call, ast.Call) or call.args or len(call.keywords) != 1:
        raise ValueError(f"value: {text!r} is more than one argument")


def of(arguments: ast.arguments) -> Parameters:
    """The parameters of a function."""
    found: list[Parameter] = []
    by_position = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(by_position) - len(arguments.defaults))
    defaults += arguments.defaults
    for index, (arg, default) in enumerate(zip(by_position, defaults, strict=True)):
        kind: Kind = "positional" if index < len(arguments.posonlyargs) else "plain"
        found.append(_parameter(arg, kind, default))
    if arguments.vararg is not None:
        found.append(_parameter(arguments.vararg, "rest", None))
    found += (
        _parameter(arg, "keyword", default)
        for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    )
    if arguments.kwarg is not None:
        found.append(_parameter(arguments.kwarg, "keywords", None))
    return tuple(found)


def _parameter(arg: ast.arg, kind: Kind, default: ast.expr | None) -> Parameter:
    return Parameter(
        arg.arg,
        kind,
        ast.unparse(default) if default is not None else "",
        ast.unparse(arg.annotation) if arg.annotation is not None else "",
    )


def texts(wanted: Parameters) -> list[str]:
    """The parts of a parameter list, with `/` and `*` where they belong."""
    parts: list[str] = []
    for index, each in enumerate(wanted):
        before = wanted[index - 1].kind if index else None
        if before == "positional" and each.kind != "positional":
            parts.append("/")
        if each.kind == "keyword" and before not in {"keyword", "rest"}:
            parts.append("*")
        parts.append(each.text)
    if wanted and wanted[-1].kind == "positional":
        parts.append("/")
    return parts
