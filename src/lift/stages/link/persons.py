"""Which nodes are one person?

Groups of candidates are joined in the order of their keys, unless that would make one person of two who contradict each
other: different dates of birth, different National Insurance numbers, a grown-up and a child, two parts of one row. A
node that could be either of two contradicting people (a liable name that father and son share) is joined to neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from duckdb import DuckDBPyConnection

from lift.stages.link.candidates import Group


@dataclass
class _Seen:
    """What is known of a person so far; `apart` are persons who stand beside this one on a row."""

    born: object
    nino: str | None
    sex: str | None
    grown: bool | None
    forenames: set[str] = field(default_factory=set)
    apart: set[int] = field(default_factory=set)


class People:
    """A union-find over nodes that refuses contradictions."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        rows = connection.execute("""
            SELECT node, date_of_birth, nino8, sex, forename_key,
                -- TRUE: surely grown up; FALSE: surely a child; NULL: a young person who may be either.
                CASE WHEN grown THEN TRUE
                    WHEN date_of_birth IS NULL OR date_of_birth > latest - INTERVAL 16 YEAR THEN FALSE END
            FROM link_node WHERE entity = 'person' AND kind <> 'suppression'""").fetchall()
        self._above = {row[0]: row[0] for row in rows}
        self._seen = {n: _Seen(b, i, s, g, {f} if f else set()) for n, b, i, s, f, g in rows}
        self.reasons: dict[int, str] = {}
        for one, other in connection.execute("SELECT node, other FROM link_beside ORDER BY ALL").fetchall():
            self._seen[one].apart.add(other)
            self._seen[other].apart.add(one)

    def find(self, node: int) -> int:
        above = self._above
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    def join(self, groups: Iterable[Group]) -> None:
        for group in groups:
            heads = sorted({self.find(node) for node in group.nodes})
            if len(heads) > 1:
                self._join_heads(heads, group)

    def clusters(self) -> list[tuple[int, int, str]]:
        """(node, lowest node of its person, reason), in node order."""
        return [(node, self.find(node), self.reasons.get(node, "")) for node in self._above]

    def _join_heads(self, heads: list[int], group: Group) -> None:
        agree = {head: [x for x in heads if x != head and self._agree(head, x, group)] for head in heads}
        certain = {head for head in heads if self._all_agree(agree[head], agree)}
        for head in heads:
            for other in agree[head]:
                if head < other and head in certain and other in certain:
                    self._unite(head, other, group)

    @staticmethod
    def _all_agree(others: list[int], agree: dict[int, list[int]]) -> bool:
        return all(y in agree[x] for x in others for y in others if x < y)

    def _agree(self, one: int, other: int, group: Group) -> bool:
        a, b = self._seen[one], self._seen[other]
        if (a.born and b.born and a.born != b.born) or (a.nino and b.nino and a.nino != b.nino):
            return False
        if {a.grown, b.grown} == {True, False} or other in a.apart:
            return False
        return not group.names_agree or self._names_agree(a, b, group)

    @staticmethod
    def _names_agree(a: _Seen, b: _Seen, group: Group) -> bool:
        """Equal forenames, or one the beginning of the other. Where one is missing or an initial, both sexes must be
        known and the same, unless the key holds the date of birth or is the claim's own part."""
        if a.sex and b.sex and a.sex != b.sex:
            return False
        if not all(_fits(x, y) for x in a.forenames for y in b.forenames):
            return False
        short = not all(s.forenames and max(map(len, s.forenames)) > 1 for s in (a, b))
        return not short or group.reason not in ("uprn", "account_ref") or bool(a.sex and a.sex == b.sex)

    def _unite(self, one: int, other: int, group: Group) -> None:
        one, other = sorted((self.find(one), self.find(other)))
        if one == other or not self._agree(one, other, group):
            return
        kept, lost = self._seen[one], self._seen[other]
        kept.born, kept.nino, kept.sex = kept.born or lost.born, kept.nino or lost.nino, kept.sex or lost.sex
        kept.grown = kept.grown if kept.grown is not None else lost.grown
        kept.forenames |= lost.forenames
        for third in lost.apart:
            self._seen[third].apart.discard(other)
            self._seen[third].apart.add(one)
        kept.apart |= lost.apart
        self._above[other] = one
        for node in group.nodes:
            if self.find(node) == one:
                self.reasons.setdefault(node, group.reason)


def _fits(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) != 2 and long.startswith(short))
