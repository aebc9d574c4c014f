"""The conditions around a pattern: which categories it is applied to, and which condition the policy table replaces."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass, replace

from codemods.pattern_filter.categories import Categories
from codemods.pattern_filter.given import Given
from codemods.pattern_filter.lists import TELLING
from codemods.pattern_filter.part import Change, Replaced, Reworded
from codemods.pattern_filter.policies import NOTHING, Policy, conjuncts, policy_of
from codemods.pattern_filter.program import Program


class UnclearError(Exception):
    """A condition also decides something else than whether the pattern is applied."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern where it is applied: `root` is its text there, `texts` are all texts that it has.

    `own` are the statements that serve nothing else: the option, and what was assigned for it.
    """

    root: str
    texts: frozenset[str]
    own: tuple[ast.stmt, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """What is known of the conditions around a pattern.

    `category` is the text of the expression that holds the category ("" where there is none), `changes` take the
    conditions away that the policy table replaces, `ignored` says in words what they did.  `only_pattern`: the nearest
    condition asks for nothing but the pattern, and for what the policy table replaces.
    """

    category: str = ""
    changes: tuple[Change, ...] = ()
    unfiltered: tuple[str, ...] = ()
    ignored: str = ""
    only_pattern: bool = False


def guard_of(
    program: Program, categories: Categories, given: Given, pattern: Pattern, subject: ast.expr | None
) -> Guard:
    """The conditions around the statement that applies a pattern.

    `subject` is what the tables of the command are asked for.  Raises `UnclearError`.
    """
    guard = Guard(program.text(subject) if subject is not None and given.function is program.place(subject)[0] else "")
    node: ast.AST = given.step.node
    nearest = True
    while (parent := program.parents.get(id(node))) is not None and parent is not given.function.node:
        if isinstance(parent, ast.If) and node in parent.body:
            guard = _within(program, categories, given, parent, pattern, guard, nearest=nearest)
            nearest = False
        node = parent
    return guard


def _within(
    program: Program,
    categories: Categories,
    given: Given,
    node: ast.If,
    pattern: Pattern,
    guard: Guard,
    *,
    nearest: bool,
) -> Guard:
    policies = [(part, policy_of(program, part, given.function)) for part in conjuncts(node.test)]
    found = [
        policy for part, policy in policies
        if policy is not None and not is_pattern(program, part, pattern.texts)
        and categories.decides(policy, given.function)
    ]  # fmt: skip
    if not found:
        only = all(is_pattern(program, part, pattern.texts) for part, _policy in policies)
        return replace(guard, only_pattern=only) if nearest else guard
    policy = found[0]
    category = program.text(policy.subject)
    if guard.category and guard.category != category:
        return guard  # a condition about something else
    if not nearest or len(found) > 1:
        raise UnclearError(f"the condition of line {node.lineno} also decides about other things")
    changes = _without(program, given, node, pattern, policy)
    names = ", ".join(sorted(name for name, value in policy.named.items() if value != policy.default))
    ignored = f"it is ignored for all but {names}" if not policy.default else f"it is ignored for {names}"
    only = all(
        is_pattern(program, part, pattern.texts) or _is_policy(program, part, given, policy) for part, _ in policies
    )
    return replace(
        guard,
        category=category,
        changes=(*guard.changes, *changes),
        unfiltered=policy.unfiltered,
        ignored=ignored,
        only_pattern=only,
    )


def is_pattern(program: Program, part: ast.expr, texts: Collection[str]) -> bool:
    """Whether a condition only asks if there is a pattern."""
    match part:
        case ast.Name() | ast.Attribute():
            return program.text(part) in texts
        case ast.Compare(left=left, ops=[ast.NotEq() | ast.IsNot()], comparators=[ast.Constant(value=value)]):
            return program.text(left) in texts and value in NOTHING
    return False


def _without(program: Program, given: Given, node: ast.If, pattern: Pattern, policy: Policy) -> list[Change]:
    """The condition without the policy; a branch that only tells that the pattern is ignored goes."""
    more = [each for each in node.body if each not in pattern.own and not _only_tells(each)]
    if more or (given.literal is not None and len(given.literal.elts) > 2):
        raise UnclearError(f"the condition of line {node.lineno} also decides about other things")
    kept = [
        program.text(part) for part in conjuncts(node.test) if not _is_policy(program, part, given, policy)
        or is_pattern(program, part, pattern.texts)
    ]  # fmt: skip
    changes: list[Change] = [Reworded(*program.module.span(node.test), " and ".join(kept) or pattern.root)]
    if not node.orelse:
        return changes
    match node.orelse:
        case [ast.If(test=test, body=body, orelse=[]) as branch] if _opposite(
            program, given, test, pattern.texts, policy
        ):
            if all(_only_tells(statement) for statement in body):
                return [*changes, Replaced(*program.module.span(branch), "")]
    raise UnclearError(f"the condition of line {node.lineno} has another branch that does more than tell")


def _is_policy(program: Program, part: ast.expr, given: Given, policy: Policy) -> bool:
    found = policy_of(program, part, given.function)
    return found is not None and program.text(found.subject) == program.text(policy.subject)


def _opposite(program: Program, given: Given, test: ast.expr, texts: Collection[str], policy: Policy) -> bool:
    for part in conjuncts(test):
        other = policy_of(program, part, given.function)
        if other is None:
            if not is_pattern(program, part, texts):
                return False
        elif (other.named, other.default) != (policy.inverse.named, policy.inverse.default):
            return False
    return True


def _only_tells(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in TELLING
    return False
