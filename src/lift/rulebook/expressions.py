"""How does the text of a formula become a checked tree?

sqlglot reads the SQL; this module lets through only what `docs/rule-format.md` names, resolves every name against a
`Scope` and checks every unit. Whatever is refused says what to write instead.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, ClassVar, NoReturn

from sqlglot import exp, parser
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType
from sqlglot.tokens import Tokenizer as _SqlTokenizer

from lift.rulebook import dimensions as unit_rules
from lift.rulebook.dimensions import FLAG, FormulaProblem
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
from lift.rulebook.scope import Scope, all_of


class _Where(exp.Expression):
    """`x WHERE c` inside a gather: no SQL function has it, so it needs a node of its own."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "where": True}


def _marked(name: str) -> Any:
    """A parsing method that notes on what it returns where that began and ended, brackets and keywords included."""
    original = getattr(parser.Parser, name)

    def parse(self: Any, *arguments: Any, **options: Any) -> Any:
        first = self._curr
        found = original(self, *arguments, **options)
        if isinstance(found, exp.Expr) and first is not None and self._prev is not None:
            found.meta["start"], found.meta["end"] = first.start, self._prev.end
        return found

    return parse


class _FormulaDialect(Dialect):
    """SQL with every function left as written, so that our allow-list decides and no dialect rewrites."""

    class Tokenizer(_SqlTokenizer):
        COMMANDS: ClassVar[set[TokenType]] = set()

    class Parser(parser.Parser):
        STATEMENT_PARSERS: ClassVar[dict[Any, Any]] = {}
        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {}
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            "CASE": lambda self: self._parse_case(),
            "IF": lambda self: self._parse_if(),
        }
        NO_PAREN_IF_COMMANDS: ClassVar[bool] = False
        SUBQUERY_PREDICATES: ClassVar[dict[Any, Any]] = {}

        _parse_unary = _marked("_parse_unary")
        _parse_range = _marked("_parse_range")
        _parse_disjunction = _marked("_parse_disjunction")

        def _parse_lambda(self, alias: bool = False) -> Any:
            value = self._parse_disjunction()
            if self._match(TokenType.WHERE):
                return self.expression(_Where(this=value, where=self._parse_disjunction()))
            return value


#: sqlglot goes some twenty calls deeper for each bracket.
_DEEP_ENOUGH = 10_000
_GATHERS = {"SUM", "COUNT", "MIN", "MAX", "ANY", "EVERY"}
_ASSUME = "leave the unknown unknown; an assumption is a step with assume: and why:"
_TEXTS = "compare a code with = or IN; texts are cleaned by the profile that reads them"
_DATES = "use AGE, ADD_MONTHS, ADD_DAYS or DAYS_BETWEEN"
_CONVERT = "a value keeps its declared type; units are changed by a named conversion such as MONTH_TO_WEEK_12_52"
_WHOLE = "write the law's own steps with FLOOR or CEIL"
#: What SQL has and formulas have not, with what to write instead.
_REFUSED = {
    **dict.fromkeys(("COALESCE", "IFNULL", "NVL", "ISNULL", "NULLIF"), _ASSUME),
    **dict.fromkeys(("CONCAT", "SUBSTRING", "SUBSTR", "LEFT", "RIGHT", "UPPER", "LOWER", "TRIM", "LENGTH"), _TEXTS),
    **dict.fromkeys(("REPLACE", "CONTAINS", "STARTS_WITH", "REGEXP_MATCHES"), _TEXTS),
    **dict.fromkeys(("EXTRACT", "YEAR", "MONTH", "DAY", "DATE_PART", "DATE_TRUNC", "DATE_ADD", "DATE_DIFF"), _DATES),
    **dict.fromkeys(("DATEADD", "DATEDIFF"), _DATES),
    **dict.fromkeys(("NOW", "TODAY", "GETDATE"), "write run_day"),
    **dict.fromkeys(("CAST", "TRY_CAST", "CONVERT"), _CONVERT),
    **dict.fromkeys(("MOD", "TRUNC", "DIV"), _WHOLE),
    "AVG": "write SUM, and divide by what the law names",
    "DISTINCT": "a relation holds each unit once",
    "EXISTS": "write ANY(relation WHERE condition)",
    "SELECT": "gather a relation: SUM(relation.x WHERE condition)",
    "OVER": "gather a relation: SUM(relation.x WHERE condition)",
}
_REFUSED_NODES: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Mod: ("%", _WHOLE),
    exp.IntDiv: ("whole division", _WHOLE),
    exp.DPipe: ("||", _TEXTS),
    exp.Like: ("LIKE", _TEXTS),
    exp.Cast: ("a cast", _CONVERT),
    exp.Null: ("NULL", _ASSUME),
    exp.NullSafeEQ: ("IS NOT DISTINCT FROM", _ASSUME),
    exp.NullSafeNEQ: ("IS DISTINCT FROM", _ASSUME),
    exp.Interval: ("INTERVAL", _DATES),
    exp.Subquery: ("a SELECT", _REFUSED["SELECT"]),
    exp.Window: ("OVER", _REFUSED["OVER"]),
    exp.Star: ("*", "name a relation: COUNT(children)"),
}


def parse_formula(text: str, scope: Scope) -> Node:
    """The checked tree of a formula. Raises FormulaProblem with the span, what is wrong and the fix."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP_ENOUGH))
    try:
        return _checked(text, scope)
    except RecursionError as error:
        raise FormulaProblem("the formula is nested too deeply", "split it into steps", Span(0, 1)) from error
    finally:
        sys.setrecursionlimit(before)


def _checked(text: str, scope: Scope) -> Node:
    try:
        tree = _FormulaDialect().parse(text)
    except SqlglotError as error:
        raise _syntax_problem(text, error) from error
    if len(tree) != 1 or tree[0] is None:
        what = "the formula is empty" if not text.strip() else "a formula has no semicolon"
        raise FormulaProblem(what, "write one expression", Span(0, max(len(text), 1)))
    return _convert(tree[0], scope)


def _syntax_problem(text: str, error: SqlglotError) -> FormulaProblem:
    for found in re.finditer(r"'[^']*'|[A-Za-z_]+", text):
        instead = _REFUSED.get(found.group().upper())
        if instead is not None:
            return FormulaProblem(f"{found.group().upper()} may not stand in a formula", instead, Span(*found.span()))
    details = getattr(error, "errors", None) or [{}]
    word = str(details[0].get("highlight") or "")
    end = int(details[0].get("col") or len(text))
    near = f" near {word}" if word else ""
    fix = "look for a bracket, an operator or a quote that is missing"
    return FormulaProblem(f"the formula cannot be read{near}", fix, Span(max(end - max(len(word), 1), 0), end))


def _span(tree: exp.Expr) -> Span:
    if "start" in tree.meta:
        return Span(tree.meta["start"], tree.meta["end"] + 1)
    starts = [n.meta["start"] for n in tree.walk() if "start" in n.meta]
    ends = [n.meta["end"] for n in tree.walk() if "end" in n.meta]
    return Span(min(starts), max(ends) + 1) if starts else Span(0, 1)


def _convert(tree: exp.Expr, scope: Scope) -> Node:
    handler = _HANDLERS.get(type(tree))
    if handler is None:
        if isinstance(tree, exp.Alias | exp.Tuple):
            _refuse(tree, "two values stand side by side", "put an operator or a function between them")
        other = (type(tree).__name__.upper(), "see docs/rule-format.md for what may")
        what, fix = _REFUSED_NODES.get(type(tree), other)
        _refuse(tree, f"{what} may not stand in a formula", fix)
    node: Node = handler(tree, scope)
    return node


def _each(trees: Sequence[exp.Expr], scope: Scope) -> list[Node]:
    """Every tree converted, and all their mistakes at once."""
    found: list[Node] = []
    wrong: list[FormulaProblem] = []
    for tree in trees:
        try:
            found.append(_convert(tree, scope))
        except FormulaProblem as problem:
            wrong.append(problem)
    if wrong:
        raise all_of(wrong)
    return found


def _refuse(tree: exp.Expr, what: str, fix: str) -> NoReturn:
    raise FormulaProblem(what, fix, _span(tree))


def _literal(tree: exp.Literal, scope: Scope) -> Node:
    if tree.is_string:
        return scope.text(str(tree.this), _span(tree))
    return Constant(Type("number"), _span(tree), Fraction(str(tree.this)))


def _boolean(tree: exp.Boolean, scope: Scope) -> Node:
    return Constant(FLAG, _span(tree), bool(tree.this))


def _column(tree: exp.Column, scope: Scope) -> Node:
    if tree.args.get("db") is not None:
        _refuse(tree, "a name has at most two parts", "write level.fact, this.fact or rule.in_payment")
    if tree.this.args.get("quoted"):
        _refuse(tree, "double quotes have no meaning in a formula", f"a code stands in single quotes: '{tree.name}'")
    return scope.name(tree.table or None, tree.name, _span(tree))


def _paren(tree: exp.Paren, scope: Scope) -> Node:
    return _convert(tree.this, scope)


def _arithmetic(operator: Any) -> Callable[[Any, Scope], Node]:
    def handle(tree: exp.Binary, scope: Scope) -> Node:
        left, right = _each([tree.left, tree.right], scope)
        kind = unit_rules.arithmetic(operator, left, right, _span(tree), cited=scope.cited)
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
        left, right = _each([tree.left, tree.right], scope)
        unit_rules.comparison(operator, left, right, _span(tree), cited=scope.cited)
        return Compare(FLAG, _span(tree), operator, right if swap else left, left if swap else right)

    return handle


def _between(tree: exp.Between, scope: Scope) -> Node:
    if tree.args.get("symmetric"):
        _refuse(tree, "BETWEEN SYMMETRIC may not stand in a formula", "write BETWEEN low AND high")
    value, low, high = _each([tree.this, tree.args["low"], tree.args["high"]], scope)
    unit_rules.comparison("<=", low, value, _span(tree), cited=scope.cited)
    unit_rules.comparison("<=", value, high, _span(tree), cited=scope.cited)
    parts = (Compare(FLAG, _span(tree), "<=", low, value), Compare(FLAG, _span(tree), "<=", value, high))
    return Logic(FLAG, _span(tree), "AND", parts)


def _in(tree: exp.In, scope: Scope) -> Node:
    value = _convert(tree.this, scope)
    options = [_convert(option, scope) for option in tree.expressions]
    constants = [o for o in options if isinstance(o, Constant)]
    if not options or len(constants) != len(options):
        _refuse(tree, "IN takes a list of literals", "write x IN ('a', 'b')")
    for option in constants:
        unit_rules.comparison("=", value, option, _span(tree), cited=scope.cited)
    return IsOneOf(FLAG, _span(tree), value, tuple(constants))


def _logic(operator: Any) -> Callable[[Any, Scope], Node]:
    def handle(tree: exp.Connector, scope: Scope) -> Node:
        parts: list[Node] = []
        for node in _each([tree.left, tree.right], scope):
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
    _refuse(tree, "IS NULL and IS TRUE may not stand in a formula", _ASSUME)


def _if(tree: exp.If, scope: Scope) -> Node:
    return _choose(tree, [(tree.this, tree.args.get("true"))], tree.args.get("false"), scope)


def _case(tree: exp.Case, scope: Scope) -> Node:
    if tree.this is not None:
        _refuse(tree, "CASE x WHEN y may not stand in a formula", "write CASE WHEN x = y THEN ... ELSE ... END")
    pairs = [(branch.this, branch.args.get("true")) for branch in tree.args["ifs"]]
    return _choose(tree, pairs, tree.args.get("default"), scope)


def _choose(tree: exp.Expr, pairs: list[Any], otherwise: Any, scope: Scope) -> Node:
    if otherwise is None or any(value is None for _, value in pairs):
        _refuse(tree, "every choice needs its last branch", "add the third argument of IF, or ELSE to CASE")
    *nodes, last = _each([*[tree for pair in pairs for tree in pair], otherwise], scope)
    branches = tuple(zip(nodes[::2], nodes[1::2], strict=True))
    for test, _ in branches:
        unit_rules.need_flag(test)
    kind = unit_rules.same([*[value for _, value in branches], last], _span(tree), cited=scope.cited)
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
    arguments = tuple(_each(tree.expressions, scope))
    if upper in unit_rules.FUNCTIONS or upper in CONVERSIONS:
        return unit_rules.call(upper, arguments, _span(tree), scope.run_day(_span(tree)), cited=scope.cited)
    table = scope.table(name, _span(tree))
    unit_rules.lookup(table, arguments, _span(tree))
    return Lookup(table.type, _span(tree), table.full_name, arguments, scope.day_node(table.day, name, _span(tree)))


def _gather(tree: exp.Anonymous, function: Any, scope: Scope) -> Node:
    if len(tree.expressions) != 1:
        _refuse(tree, f"{function} takes one argument", f"write {function}(relation.x WHERE condition)")
    inside = tree.expressions[0]
    where_tree = inside.args["where"] if isinstance(inside, _Where) else None
    target = inside.this if isinstance(inside, _Where) else inside
    if not isinstance(target, exp.Column):
        fix = "name a relation first: relation.x; put a formula into a step of the related unit"
        _refuse(inside, f"{function} gathers a relation, this is none", fix)
    if target.args.get("db") is not None:
        _refuse(target, "a name has at most two parts", "put it into a step of the related unit and gather that")
    relation_name, body_name = (target.table, target.name) if target.table else (target.name, None)
    relation = scope.relation(relation_name, _span(target))
    inner = scope.into(relation, _span(tree))
    body = inner.name(None, body_name, _span(target)) if body_name else None
    where = _convert(where_tree, inner) if where_tree is not None else None
    if where is not None:
        unit_rules.need_flag(where)
    kind = unit_rules.gather(function, body, _span(tree))
    return Gather(kind, _span(tree), function, relation.name, body, where, relation.where, relation.complete_when)


_HANDLERS: dict[type[exp.Expr], Callable[[Any, Scope], Node]] = {
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
