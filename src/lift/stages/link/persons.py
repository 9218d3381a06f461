"""Which nodes are one person?

Groups of candidates are joined in the order of their keys, unless that would make one person of two who contradict each
other: different dates of birth, different National Insurance numbers, a grown-up and a child, two parts of one row. The
last key forgives one slip: a number mistyped where the birthday is the same, or day and month of the birthday swapped
where the number is. A node that could be either of two contradicting people (a liable name that father and son share)
is joined to neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl
from duckdb import DuckDBPyConnection

from lift.stages.link.candidates import Groups

_BEFORE = date(1899, 12, 31)
_NODES = f"""
    SELECT date_of_birth - DATE '{_BEFORE}' AS born, nino8 AS nino, sex, forename_key AS forename,
        -- TRUE: surely grown up; FALSE: surely a child; NULL: a young person who may be either.
        CASE WHEN grown THEN TRUE
            WHEN date_of_birth IS NULL OR date_of_birth > latest - INTERVAL 16 YEAR THEN FALSE END AS grown,
        -- TRUE: liable, or of a couple that gets what only the liable get; FALSE: lives with them.
        CASE WHEN kind IN ('council_tax_account', 'ctr_award', 'benefit_claim') THEN TRUE
            WHEN part IN ('non_dependant', 'resident') THEN FALSE END AS liable,
        kind = 'contact' AS only_contact
    FROM link_node ORDER BY node"""


class People:
    """A union-find over nodes that refuses contradictions. What is known of a person is kept at the person's lowest
    node, in one list for each identifier, by node (nodes count from 1)."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        told = pl.DataFrame(connection.sql(_NODES))
        count = told.height
        self._above = list(range(count + 1))
        self._born: list[int | None] = [None, *told["born"]]
        self._nino: list[str | None] = [None, *told["nino"]]
        self._sex: list[str | None] = [None, *told["sex"]]
        self._forename: list[str | None] = [None, *told["forename"]]
        self._grown: list[bool | None] = [None, *told["grown"]]
        self._liable: list[bool | None] = [None, *told["liable"]]
        self._only_contact: list[bool] = [False, *told["only_contact"]]
        self._more_forenames: dict[int, set[str]] = {}
        self._apart: dict[int, set[int]] = {}
        self._other_halves: dict[int, set[int]] = {}
        self._reason = [""] * (count + 1)
        for one, other, couple in connection.execute("SELECT node, other, couple FROM link_beside").fetchall():
            for pairs in (self._apart, self._other_halves) if couple else (self._apart,):
                pairs.setdefault(one, set()).add(other)
                pairs.setdefault(other, set()).add(one)

    def join(self, candidates: Iterable[Groups]) -> None:
        """Joins group by group, in their order."""
        find = self._find
        for key in candidates:
            for nodes in key.groups:
                # What one joining settles may settle another: whose son it is, once the father is known.
                while len(heads := {find(node) for node in nodes}) > 1:
                    if not self._join_heads(sorted(heads), nodes, key) or len(heads) == 2:
                        break

    def clusters(self) -> pl.DataFrame:
        """`node`, `head` (the lowest node of its person) and `reason` (empty if none), in node order."""
        count = len(self._above)
        heads = [self._find(node) for node in range(1, count)]
        return pl.DataFrame({"node": range(1, count), "head": heads, "reason": self._reason[1:]})

    def _find(self, node: int) -> int:
        above = self._above
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    def _join_heads(self, heads: list[int], nodes: list[int], key: Groups) -> bool:
        """Join those that agree, and say whether any did: first those who share name and birthday or number, then those
        whom nobody else that agrees with them contradicts."""
        if len(heads) == 2:
            return self._unite(heads[0], heads[1], nodes, key)
        agree = {head: [x for x in heads if x != head and self._agree(head, x, nodes, key)] for head in heads}
        pairs = [(head, other) for head in heads for other in agree[head] if head < other]
        alike = [pair for pair in pairs if self._alike(*pair)]
        if not alike:
            certain = {head for head in heads if all(y in agree[x] for x in agree[head] for y in agree[head] if x < y)}
            alike = [pair for pair in pairs if certain.issuperset(pair)]
        joined = [self._unite(one, other, nodes, key) for one, other in alike]
        return any(joined)

    def _alike(self, one: int, other: int) -> bool:
        same_birth = self._born[one] is not None and self._born[one] == self._born[other]
        same_number = self._nino[one] is not None and self._nino[one] == self._nino[other]
        same_name = self._forename[one] is not None and self._forename[one] == self._forename[other]
        return same_name and (same_birth or same_number)

    def _agree(self, one: int, other: int, nodes: list[int], key: Groups) -> bool:
        born, other_born = self._born[one], self._born[other]
        number, other_number = self._nino[one], self._nino[other]
        differ = (born and other_born and born != other_born) or (number and other_number and number != other_number)
        if differ and not (key.one_slip and _is_one_slip((born, other_born), (number, other_number))):
            return False
        grown, other_grown = self._grown[one], self._grown[other]
        if grown is not None and other_grown is not None and grown != other_grown:
            return False
        if one in self._apart and other in self._apart[one]:
            return False
        return not key.names_agree or self._names_agree(one, other, nodes, key)

    def _names_agree(self, one: int, other: int, nodes: list[int], key: Groups) -> bool:
        """Equal forenames, or one the beginning of the other. Where one is missing or an initial and the key is a
        place, that takes more: the MRS of an account's MR & MRS is no grown-up daughter."""
        sex, other_sex = self._sex[one], self._sex[other]
        if sex and other_sex and sex != other_sex:
            return False
        first, second = self._forenames(one), self._forenames(other)
        if not all(_fits(x, y) for x in first for y in second):
            return False
        short = not all(names and max(map(len, names)) > 1 for names in (first, second))
        if not short or key.reason not in ("uprn", "account_ref"):
            return True
        # Whose telephone it is: of two women of one surname and initial at an address, the contact names no account.
        if key.reason == "uprn" and (self._only_contact[one] or self._only_contact[other]):
            return False
        if not self._halves(one, nodes).isdisjoint(self._halves(other, nodes)):
            return True
        liable = (self._liable[one], self._liable[other])
        may_be_one = True not in liable or False not in liable if first and second else liable == (True, True)
        return may_be_one and bool(sex and sex == other_sex)

    def _halves(self, head: int, nodes: list[int]) -> set[int]:
        """With whom the group's rows make this person a couple."""
        own = (node for node in nodes if self._find(node) == head)
        return {self._find(half) for node in own for half in self._other_halves.get(node, ())}

    def _forenames(self, head: int) -> set[str]:
        own = self._forename[head]
        return self._more_forenames.get(head) or ({own} if own else set())

    def _unite(self, one: int, other: int, nodes: list[int], key: Groups) -> bool:
        one, other = self._find(one), self._find(other)
        if one > other:
            one, other = other, one
        if one == other or not self._agree(one, other, nodes, key):
            return False
        self._born[one] = self._born[one] or self._born[other]
        self._nino[one] = self._nino[one] or self._nino[other]
        self._sex[one] = self._sex[one] or self._sex[other]
        self._grown[one] = self._grown[one] if self._grown[one] is not None else self._grown[other]
        self._only_contact[one] = self._only_contact[one] and self._only_contact[other]
        self._liable[one] = _either(self._liable[one], self._liable[other])
        if self._forename[one] != self._forename[other] or other in self._more_forenames:
            self._more_forenames[one] = self._forenames(one) | self._forenames(other)
        for third in self._apart.pop(other, ()):
            self._apart[third].discard(other)
            self._apart[third].add(one)
            self._apart.setdefault(one, set()).add(third)
        self._above[other] = one
        for node in nodes:
            if not self._reason[node] and self._find(node) == one:
                self._reason[node] = key.reason
        return True


def _is_one_slip(births: tuple[int | None, int | None], numbers: tuple[str | None, str | None]) -> bool:
    """Whether one of birthday and number is the same, and the other is what a slip of the pen makes of it."""
    (born, other_born), (number, other_number) = births, numbers
    if born is None or other_born is None or number is None or other_number is None:
        return False
    if born == other_born:
        return _is_mistyped(number, other_number)
    return number == other_number and _is_swapped(_BEFORE + timedelta(born), _BEFORE + timedelta(other_born))


def _is_swapped(one: date, other: date) -> bool:
    return one.year == other.year and (one.month, one.day) == (other.day, other.month)


def _is_mistyped(one: str, other: str) -> bool:
    """One character typed for another, or two neighbours the wrong way round."""
    differ = [place for place, (x, y) in enumerate(zip(one, other, strict=True)) if x != y]
    if len(differ) != 2:
        return len(differ) == 1
    first, second = differ
    return second == first + 1 and (one[first], one[second]) == (other[second], other[first])


def _either(one: bool | None, other: bool | None) -> bool | None:
    return other if one is None else one or bool(other)


def _fits(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) != 2 and long.startswith(short))
