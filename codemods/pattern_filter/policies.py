"""Decisions by category: `if category in {...}`, and functions that only answer such a question."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codemods.pattern_filter.program import Function, Program
from codemods.toolkit.python.collect_names import dotted_name

NOTHING = frozenset({"", "*", "**", None})
"""Patterns that select everything."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Which categories a condition holds for: those in `named` that are True, and any other when `default` is.

    `subject` is the expression that holds the category, `function` the function that answers (None for a condition).
    """

    subject: ast.expr
    named: Mapping[str, bool]
    default: bool
    function: Function | None = None

    @property
    def inverse(self) -> Policy:
        """The policy of `not ...`."""
        named = {name: not value for name, value in self.named.items()}
        return Policy(self.subject, named, not self.default, self.function)

    @property
    def unfiltered(self) -> tuple[str, ...]:
        """Categories that are left out by name.  Where all but the named ones are, none is: nobody decided that."""
        return tuple(sorted(name for name, value in self.named.items() if not value)) if self.default else ()


def conjuncts(test: ast.expr) -> Iterator[ast.expr]:
    """The parts of `a and b and c`."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from conjuncts(value)
    else:
        yield test


def policy_of(program: Program, test: ast.expr, function: Function) -> Policy | None:
    """The policy that a condition is, None when it asks for anything else."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            policy = policy_of(program, inner, function)
            return policy.inverse if policy else None
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _comparison(program, left, operator, right, function)
        case ast.Call(args=[ast.Name() | ast.Attribute() as subject], keywords=[]):
            called = program.called(test, function)
            return _answer(program, subject, called) if called is not None else None
    return None


def _comparison(
    program: Program, left: ast.expr, operator: ast.cmpop, right: ast.expr, function: Function
) -> Policy | None:
    if not dotted_name(left):
        return None
    names: tuple[str, ...] | None = None
    if isinstance(operator, (ast.In, ast.NotIn)):
        names = _strings(program, right, function)
    elif isinstance(operator, (ast.Eq, ast.NotEq)) and isinstance(right, ast.Constant) and isinstance(right.value, str):
        names = (right.value,) if right.value not in NOTHING else None
    if not names:
        return None
    holds = isinstance(operator, (ast.In, ast.Eq))
    return Policy(left, dict.fromkeys(names, holds), not holds)


def _strings(program: Program, value: ast.expr, function: Function) -> tuple[str, ...] | None:
    """The strings of a literal collection, also under a name."""
    match value:
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements):
            strings = tuple(each.value for each in elements if isinstance(each, ast.Constant) and each.value)
            return tuple(map(str, strings)) if len(strings) == len(elements) else None
        case ast.Call(func=ast.Name(id="frozenset" | "set" | "tuple" | "list"), args=[inner], keywords=[]):
            return _strings(program, inner, function)
        case ast.Name() | ast.Attribute():
            assigned = program.assigned(function, value)
            if len(assigned) == 1 and not assigned[0].element and not assigned[0].added:
                return _strings(program, assigned[0].value, assigned[0].function)
    return None


def _answer(program: Program, subject: ast.expr, function: Function) -> Policy | None:
    """The policy of a function that only tells, by the name of a category, whether it is filtered."""
    params = [param for param in function.params if param not in {"self", "cls"}]
    if len(params) != 1:
        return None
    answers = answers_of(program, function, params[0])
    if answers is None:
        return None
    named, default = answers
    return Policy(subject, named, default, function)


def answers_of(program: Program, function: Function, param: str) -> tuple[dict[str, bool], bool] | None:
    """(answer by name, answer for all others) of a function of nothing but conditions and `return True` or `False`."""
    named: dict[str, bool] = {}
    for statement in statements(function):
        match statement:
            case ast.Assign(targets=[ast.Name()], value=value) if _strings(program, value, function):
                continue
            case ast.Return(value=ast.Constant(value=bool(default))):
                return named, default
            case ast.Return(value=ast.expr() as value):
                policy = _comparison_of(program, value, function, param)
                return ({**policy.named, **named}, policy.default) if policy else None
            case ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool(answer)))], orelse=[]):
                policy = _comparison_of(program, test, function, param)
                if policy is None or policy.default:
                    return None
                for name in policy.named:
                    named.setdefault(name, answer)
            case _:
                return None
    return None


def _comparison_of(program: Program, test: ast.expr, function: Function, param: str) -> Policy | None:
    if not isinstance(test, ast.Compare):
        return None
    policy = policy_of(program, test, function)
    return policy if policy and dotted_name(policy.subject) == param else None


def statements(function: Function) -> Sequence[ast.stmt]:
    """The statements of a function behind its docstring."""
    body = function.node.body
    match body[0]:
        case ast.Expr(value=ast.Constant(value=str())):
            return body[1:]
    return body
