"""Patterns that are replaced by "everything" for some categories, and the functions that decide by category."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.pattern_filter.categories import Categories
from codemods.pattern_filter.facts import Found
from codemods.pattern_filter.guards import is_pattern
from codemods.pattern_filter.part import Replaced
from codemods.pattern_filter.policies import NOTHING, Policy, answers_of, conjuncts, policy_of, statements
from codemods.pattern_filter.program import Function, Program
from codemods.toolkit.python.collect_names import dotted_name

Pattern = tuple[Function, str]
"""Something that holds a pattern: the function, and the text of the expression."""


def patterns_of(program: Program) -> set[Pattern]:
    """What holds a pattern anywhere in the module: stars are taken off it, or it is handed to a function for that."""
    found: set[Pattern] = set()
    for node in program.calls:
        match node:
            case ast.Call(
                func=ast.Attribute(value=receiver, attr="strip" | "lstrip" | "rstrip" | "replace"),
                args=[ast.Constant(value="*"), *_],
            ) if dotted_name(receiver):
                found.add((program.place(node)[0], program.text(receiver)))
    while True:
        more: set[Pattern] = set()
        for function, text in found:
            if text not in function.params:
                continue
            for call, caller, _step in program.calls_of(function):
                given = program.argument(call, function, text)
                if given is not None and dotted_name(given):
                    more.add((caller, program.text(given)))
        if more <= found:
            return found
        found |= more


def overrides(program: Program, categories: Categories, patterns: set[Pattern]) -> Iterator[Found]:
    """The places where a category decides that a pattern is replaced by everything."""
    for function in program.functions:
        for step in function.steps:
            if isinstance(step.node, ast.If):
                found = _override(program, categories, function, step.node, patterns)
                if found is not None:
                    yield found


def _override(
    program: Program, categories: Categories, function: Function, node: ast.If, patterns: set[Pattern]
) -> Found | None:
    parts = list(conjuncts(node.test))
    policies = [policy for part in parts if (policy := policy_of(program, part, function)) is not None]
    if len(policies) != 1 or not categories.decides(policies[0], function):
        return None
    policy = policies[0]
    others = [part for part in parts if policy_of(program, part, function) is None]
    match node.body, node.orelse:
        case [ast.Assign(targets=[target], value=ast.Constant(value=value))], [] if value in NOTHING:
            name = program.text(target)
            if (function, name) not in patterns or not all(is_pattern(program, each, {name}) for each in others):
                return None
            new = f"{name} = pattern_for({name}, {program.text(policy.subject)})"
            return _found(program, node, name, policy.inverse, new)
        case [ast.stmt() as first], [ast.stmt() as second] if not others:
            return _two_branches(program, function, node, policy, first, second, patterns)
    return None


def _two_branches(
    program: Program, function: Function, node: ast.If, policy: Policy, first: ast.stmt, second: ast.stmt,
    patterns: set[Pattern],
) -> Found | None:  # fmt: skip
    """The same statement twice, once with the pattern and once with everything in its place."""
    for one, other, filtered in ((first, second, policy), (second, first, policy.inverse)):
        differing = _difference(one, other)
        if differing is None:
            continue
        given, constant = differing
        if not (isinstance(constant, ast.Constant) and constant.value in NOTHING and dotted_name(given)):
            continue
        name = program.text(given)
        if (function, name) not in patterns:
            continue
        start, _end = program.module.span(one)
        at, end = program.module.span(given)
        text = program.text(one).encode()
        call = f"pattern_for({name}, {program.text(policy.subject)})".encode()
        new = (text[: at - start] + call + text[end - start :]).decode()
        return _found(program, node, name, filtered, new) if "\n" not in new else None
    return None


def _difference(one: ast.AST, other: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """The only two expressions in which two statements differ."""
    if type(one) is not type(other):
        if isinstance(one, ast.expr) and isinstance(other, ast.expr):
            return one, other
        return None
    if ast.dump(one) == ast.dump(other):
        return None
    pairs: list[tuple[ast.AST, ast.AST]] = []
    for (name, left), (_, right) in zip(ast.iter_fields(one), ast.iter_fields(other), strict=True):
        lefts, rights = (left, right) if isinstance(left, list) and isinstance(right, list) else ([left], [right])
        if len(lefts) != len(rights):
            return None
        for a, b in zip(lefts, rights, strict=True):
            if isinstance(a, ast.AST) and isinstance(b, ast.AST):
                if ast.dump(a) != ast.dump(b):
                    pairs.append((a, b))
            elif a != b:
                return (one, other) if isinstance(one, ast.expr) and isinstance(other, ast.expr) else None
        del name
    return _difference(*pairs[0]) if len(pairs) == 1 else None


def _found(program: Program, node: ast.If, name: str, filtered: Policy, new: str) -> Found:
    named = ", ".join(sorted(filtered.named))
    reason = (
        f"the pattern is replaced by everything for {named}" if filtered.default
        else f"the pattern is replaced by everything for all but {named}"
    )  # fmt: skip
    change = Replaced(*program.module.span(node), new)
    return Found(
        "policy", node.lineno, node.col_offset, name, "PF105", reason,
        changes=(change,), needs=("pattern_for",), unfiltered=filtered.unfiltered,
    )  # fmt: skip


def predicates(program: Program, used: set[str]) -> Iterator[Found]:
    """Functions that only answer whether a category is filtered: `used` are the names that conditions ask."""
    for function in program.functions:
        params = [param for param in function.params if param not in {"self", "cls"}]
        if function.name not in used or len(params) != 1:
            continue
        answers = answers_of(program, function, params[0])
        if answers is None:
            continue
        named, default = answers
        body = statements(function)
        start, end = program.module.span(body[0])[0], program.module.span(body[-1])[1]
        unfiltered = tuple(sorted(name for name, value in named.items() if not value)) if default else ()
        yield Found(
            "policy", function.node.lineno if not isinstance(function.node, ast.Module) else 1,
            0 if isinstance(function.node, ast.Module) else function.node.col_offset, function.name, "PF105",
            "the policy of the categories is written as conditions",
            changes=(Replaced(start, end, f"return is_filtered({params[0]})"),),
            needs=("is_filtered",), unfiltered=unfiltered,
        )  # fmt: skip


def asked(program: Program, categories: Categories, patterns: set[Pattern]) -> set[str]:
    """The functions that conditions about a pattern ask for a category."""
    found: set[str] = set()
    for function in program.functions:
        for step in function.steps:
            if not isinstance(step.node, ast.If):
                continue
            parts = list(conjuncts(step.node.test))
            if not any((function, _tested(program, part)) in patterns for part in parts):
                continue
            for part in parts:
                policy = policy_of(program, part, function)
                if policy is not None and policy.function is not None and categories.decides(policy, function):
                    found.add(policy.function.name)
    return found


def _tested(program: Program, part: ast.expr) -> str:
    inner = part.left if isinstance(part, ast.Compare) else part
    return program.text(inner)
