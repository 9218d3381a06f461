"""How does the text of a formula become a checked tree?

sqlglot reads the SQL; this module lets through only what `docs/rule-format.md` names, resolves every name against a
`Scope` and checks every unit. Whatever is refused says what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NoReturn

from sqlglot import exp, parser
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Tokenizer, TokenType

from lift.rulebook import dimensions as unit_rules
from lift.rulebook.nodes import (
    CONVERSIONS,
    Arithmetic,
    Choose,
    Compare,
    Constant,
    Gather,
    IsOneOf,
    Logic,
    Lookup,
    Negate,
    Node,
    Not,
    Span,
    Type,
)
from lift.rulebook.scope import Scope
from lift.rulebook.dimensions import FLAG, FormulaProblem


class _Where(exp.Expression):
    """`x WHERE c` inside a gather: no SQL function has it, so it needs a node of its own."""

    arg_types = {"this": True, "where": True}


class _FormulaDialect(Dialect):
    """SQL expressions with every function left as written, so that our allow-list decides, not a dialect's rewriting."""

    class Tokenizer(Tokenizer):
        pass

    class Parser(parser.Parser):
        FUNCTIONS: dict[str, Callable[..., Any]] = {}
        FUNCTION_PARSERS: dict[str, Callable[..., Any]] = {}
        NO_PAREN_FUNCTIONS: dict[Any, Any] = {}
        NO_PAREN_FUNCTION_PARSERS: dict[str, Callable[..., Any]] = {
            "CASE": lambda self: self._parse_case(),
            "IF": lambda self: self._parse_if(),
        }
        SUBQUERY_PREDICATES: dict[Any, Any] = {}

        def _parse_lambda(self, alias: bool = False) -> Any:
            value = self._parse_disjunction()
            if self._match(TokenType.WHERE):
                return self.expression(_Where(this=value, where=self._parse_disjunction()))
            return value


_GATHERS = {"SUM", "COUNT", "MIN", "MAX", "ANY", "EVERY"}
_REFUSED = {
    "COALESCE": "an assumption is a step with assume: and why:",
    "IFNULL": "an assumption is a step with assume: and why:",
    "NVL": "an assumption is a step with assume: and why:",
    "AVG": "write SUM and a rule of its own for the divisor",
    "MOD": "write the law's own steps with FLOOR or CEIL",
}


def parse_formula(text: str, scope: Scope) -> Node:
    """The checked tree of a formula. Raises FormulaProblem with the span, what is wrong and the fix."""
    try:
        tree = _FormulaDialect().parse(text)
    except SqlglotError as error:
        raise _syntax_problem(error) from error
    except RecursionError as error:
        raise FormulaProblem("the formula is nested too deeply", "split it into steps", Span(0, 1)) from error
    if len(tree) != 1 or tree[0] is None:
        raise FormulaProblem("the formula is empty or has a semicolon", "write one expression", Span(0, max(len(text), 1)))
    return _convert(tree[0], scope)


def _syntax_problem(error: SqlglotError) -> FormulaProblem:
    details = getattr(error, "errors", None) or [{}]
    column = int(details[0].get("col") or 1)
    word = str(details[0].get("highlight") or "")
    start = max(column - max(len(word), 1), 0)
    near = f" near {word!r}" if word else ""
    return FormulaProblem(
        f"the formula cannot be read{near}", "see docs/rule-format.md for what may stand in a formula", Span(start, column)
    )


def _span(tree: exp.Expression) -> Span:
    starts = [n.meta["start"] for n in tree.walk() if "start" in n.meta]
    ends = [n.meta["end"] for n in tree.walk() if "end" in n.meta]
    return Span(min(starts), max(ends) + 1) if starts else Span(0, 1)


def _convert(tree: exp.Expression, scope: Scope) -> Node:
    handler = _HANDLERS.get(type(tree))
    if handler is None:
        _refuse(tree, f"{type(tree).__name__.upper()} may not stand in a formula", "see docs/rule-format.md for what may")
    node: Node = handler(tree, scope)
    return node


def _refuse(tree: exp.Expression, what: str, fix: str) -> NoReturn:
    raise FormulaProblem(what, fix, _span(tree))


def _literal(tree: exp.Literal, scope: Scope) -> Node:
    if tree.is_string:
        return Constant(Type("code"), _span(tree), str(tree.this))
    return Constant(Type("number"), _span(tree), Fraction(str(tree.this)))


def _boolean(tree: exp.Boolean, scope: Scope) -> Node:
    return Constant(FLAG, _span(tree), bool(tree.this))


def _column(tree: exp.Column, scope: Scope) -> Node:
    if tree.args.get("db") is not None:
        _refuse(tree, "a name has at most two parts", "write level.fact, this.fact or rule.in_payment")
    return scope.name(tree.table or None, tree.name, _span(tree))


def _paren(tree: exp.Paren, scope: Scope) -> Node:
    return _convert(tree.this, scope)


def _arithmetic(operator: Any) -> Callable[[Any, Scope], Node]:
    def handle(tree: exp.Binary, scope: Scope) -> Node:
        left, right = _convert(tree.left, scope), _convert(tree.right, scope)
        kind = unit_rules.arithmetic(operator, left, right, _span(tree))
        return Arithmetic(kind, _span(tree), operator, left, right)

    return handle


def _negate(tree: exp.Neg, scope: Scope) -> Node:
    value = _convert(tree.this, scope)
    unit_rules.need_number(value)
    if isinstance(value, Constant) and isinstance(value.value, Fraction):
        return Constant(value.type, _span(tree), -value.value)
    return Negate(value.type, _span(tree), value)


def _compare(operator: Any, *, swap: bool = False) -> Callable[[Any, Scope], Node]:
    def handle(tree: exp.Binary, scope: Scope) -> Node:
        left, right = _convert(tree.left, scope), _convert(tree.right, scope)
        unit_rules.comparison(operator, left, right, _span(tree))
        return Compare(FLAG, _span(tree), operator, right if swap else left, left if swap else right)

    return handle


def _between(tree: exp.Between, scope: Scope) -> Node:
    if tree.args.get("symmetric"):
        _refuse(tree, "BETWEEN SYMMETRIC may not stand in a formula", "write BETWEEN low AND high")
    value = _convert(tree.this, scope)
    low, high = _convert(tree.args["low"], scope), _convert(tree.args["high"], scope)
    unit_rules.comparison("<=", low, value, _span(tree))
    unit_rules.comparison("<=", value, high, _span(tree))
    parts = (Compare(FLAG, _span(tree), "<=", low, value), Compare(FLAG, _span(tree), "<=", value, high))
    return Logic(FLAG, _span(tree), "AND", parts)


def _in(tree: exp.In, scope: Scope) -> Node:
    value = _convert(tree.this, scope)
    options = [_convert(option, scope) for option in tree.expressions]
    constants = [o for o in options if isinstance(o, Constant)]
    if not options or len(constants) != len(options):
        _refuse(tree, "IN takes a list of literals", "write x IN ('a', 'b')")
    for option in constants:
        unit_rules.comparison("=", value, option, _span(tree))
    return IsOneOf(FLAG, _span(tree), value, tuple(constants))


def _logic(operator: Any) -> Callable[[Any, Scope], Node]:
    def handle(tree: exp.Connector, scope: Scope) -> Node:
        parts: list[Node] = []
        for side in (tree.left, tree.right):
            node = _convert(side, scope)
            unit_rules.need_flag(node)
            same = isinstance(node, Logic) and node.operator == operator
            parts += node.parts if same and isinstance(node, Logic) else (node,)
        return Logic(FLAG, _span(tree), operator, tuple(parts))

    return handle


def _not(tree: exp.Not, scope: Scope) -> Node:
    value = _convert(tree.this, scope)
    unit_rules.need_flag(value)
    return Not(FLAG, _span(tree), value)


def _is(tree: exp.Is, scope: Scope) -> Node:
    _refuse(tree, "IS NULL and IS TRUE may not stand in a formula", "an unknown is carried through; an assumption is a step with assume:")


def _if(tree: exp.If, scope: Scope) -> Node:
    return _choose(tree, [(tree.this, tree.args.get("true"))], tree.args.get("false"), scope)


def _case(tree: exp.Case, scope: Scope) -> Node:
    if tree.this is not None:
        _refuse(tree, "CASE x WHEN y may not stand in a formula", "write CASE WHEN x = y THEN ... ELSE ... END")
    pairs = [(branch.this, branch.args.get("true")) for branch in tree.args["ifs"]]
    return _choose(tree, pairs, tree.args.get("default"), scope)


def _choose(tree: exp.Expression, pairs: list[Any], otherwise: Any, scope: Scope) -> Node:
    if otherwise is None or any(value is None for _, value in pairs):
        _refuse(tree, "every choice needs its last branch", "add the third argument of IF, or ELSE to CASE")
    branches = tuple((_convert(test, scope), _convert(value, scope)) for test, value in pairs)
    last = _convert(otherwise, scope)
    for test, _ in branches:
        unit_rules.need_flag(test)
    kind = unit_rules.same([*[value for _, value in branches], last], _span(tree))
    return Choose(kind, _span(tree), branches, last)


def _function(tree: exp.Anonymous, scope: Scope) -> Node:
    name = str(tree.this)
    upper = name.upper()
    if upper in _GATHERS:
        return _gather(tree, upper, scope)
    if upper in _REFUSED:
        _refuse(tree, f"{upper} may not stand in a formula", _REFUSED[upper])
    if any(isinstance(a, _Where) for a in tree.expressions):
        _refuse(tree, f"WHERE may not stand in {upper}", f"WHERE belongs into one of {', '.join(sorted(_GATHERS))}")
    arguments = tuple(_convert(argument, scope) for argument in tree.expressions)
    if upper in unit_rules.FUNCTIONS or upper in CONVERSIONS:
        return unit_rules.call(upper, arguments, _span(tree), scope.run_day(_span(tree)))
    table = scope.table(name, _span(tree))
    unit_rules.lookup(table, arguments, _span(tree))
    return Lookup(table.type, _span(tree), table.full_name, arguments, scope.day_node(table.day, _span(tree)))


def _gather(tree: exp.Anonymous, function: Any, scope: Scope) -> Node:
    if len(tree.expressions) != 1:
        _refuse(tree, f"{function} takes one argument", f"write {function}(relation.x WHERE condition)")
    inside = tree.expressions[0]
    where_tree = inside.args["where"] if isinstance(inside, _Where) else None
    target = inside.this if isinstance(inside, _Where) else inside
    if not isinstance(target, exp.Column):
        _refuse(tree, f"{function} gathers a relation", "write relation or relation.name first; put sums into a step of the related unit")
    relation_name, body_name = (target.table, target.name) if target.table else (target.name, None)
    relation = scope.relation(relation_name, _span(target))
    inner = scope.into(relation)
    body = inner.name(None, body_name, _span(target)) if body_name else None
    where = _convert(where_tree, inner) if where_tree is not None else None
    if where is not None:
        unit_rules.need_flag(where)
    kind = unit_rules.gather(function, body, _span(tree))
    return Gather(kind, _span(tree), function, relation.name, body, where, relation.where, relation.complete_when)


_HANDLERS: dict[type[exp.Expression], Callable[[Any, Scope], Node]] = {
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Column: _column,
    exp.Paren: _paren,
    exp.Add: _arithmetic("+"),
    exp.Sub: _arithmetic("-"),
    exp.Mul: _arithmetic("*"),
    exp.Div: _arithmetic("/"),
    exp.Neg: _negate,
    exp.LT: _compare("<"),
    exp.LTE: _compare("<="),
    exp.GT: _compare("<", swap=True),
    exp.GTE: _compare("<=", swap=True),
    exp.EQ: _compare("="),
    exp.NEQ: _compare("<>"),
    exp.Between: _between,
    exp.In: _in,
    exp.And: _logic("AND"),
    exp.Or: _logic("OR"),
    exp.Not: _not,
    exp.Is: _is,
    exp.If: _if,
    exp.Case: _case,
    exp.Anonymous: _function,
}
