"""`make mutate`: what share of single mistakes in the rules do the rules' own examples notice?

`python -m mutate [FILE]... [--every N]`: mistakes in these files of rules (pension_credit, pension_age …; default all),
one in N, always the same ones. A mistake survives if every example of every rule that rests on the mistaken part comes
out as written, on the reference engine. Questions are not asked again. A mistyped citation survives if the list of
instruments has it too: no machine knows which of two provisions that are both cited was meant.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from mutate.accepted import Survivors, read_survivors
from mutate.mistakes import Mutant, mistyped, mutants
from mutate.noticing import Citations, Examples


@dataclass
class Tally:
    """What became of the mistakes in one file of rules."""

    noticed: int = 0
    equivalent: int = 0
    open: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    """Those that nobody has accepted."""

    @property
    def made(self) -> int:
        """Mistakes, without those that say the same in another way."""
        return self.noticed + self.open + len(self.survivors)

    def __str__(self) -> str:
        share = 100 * self.noticed / self.made if self.made else 100
        return (
            f"{self.noticed} of {self.made} noticed, {share:.1f}%; {self.open} open, {self.equivalent} equivalent, "
            f"{len(self.survivors)} not accounted for"
        )


def tallied(by: Examples | Citations, made: Collection[Mutant], known: Survivors) -> tuple[dict[str, Tally], list[str]]:
    """By file of rules what became of the mistakes, and what is wrong with those that are accepted."""
    tallies: dict[str, Tally] = {}
    stale: list[str] = []
    for mutant in made:
        tally = tallies.setdefault(mutant.owner, Tally())
        said = known.accepted.get((mutant.owner, mutant.shown))
        if by.notice(mutant):
            tally.noticed += 1
            if said is not None:
                stale.append(f"{mutant.owner}, {mutant.shown}: it is noticed now. Take it out.")
        elif said is None:
            tally.survivors.append(mutant)
        elif said.kind == "equivalent":
            tally.equivalent += 1
        else:
            tally.open += 1
    return tallies, stale


def never_made(book: Rulebook, known: Survivors, made: Collection[Mutant], owners: Collection[str]) -> list[str]:
    """Accepted mistakes that can't be made (any more) in these files, or in files that there are not: a line each."""
    names = {(mutant.owner, mutant.shown) for mutant in made}
    owned = files_of(book)
    return [
        f"{one.owner}, {one.shown}: there is no such mistake. Take it out, or name it as python -m mutate does."
        for key, one in known.accepted.items()
        if key not in names and (one.owner in owners or one.owner not in owned)
    ]


def files_of(book: Rulebook) -> list[str]:
    """The files of rules, shared ones too, by name."""
    return sorted({name.partition(".")[0] for name in (*book.steps, *book.amounts, *book.tables)})


def main(arguments: Sequence[str]) -> int:
    """Prints survivors with their places and the share noticed by file. 1 where an accepted one is stale, or a file
    that is held to account has one that is not accepted."""
    parser = argparse.ArgumentParser(prog="python -m mutate", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    given = parser.parse_args(arguments)
    book, known = load_rulebook(bases=True), read_survivors()
    if unknown := sorted(set(given.files) - set(files_of(book))):
        parser.error(f"there is no file of rules {unknown[0]}; name some of {', '.join(files_of(book))}")
    law, cites = list(mutants(book, given.files or None)), list(mistyped(book, given.files or None))
    stale, failed = never_made(book, known, [*law, *cites], given.files or files_of(book)), False
    by: Sequence[tuple[str, Examples | Citations, Sequence[Mutant]]] = (
        ("", Examples(book), law[:: given.every]),
        (" (citations)", Citations(book), cites[:: given.every]),
    )
    for of, noticing, made in by:
        for owner in dict.fromkeys(mutant.owner for mutant in made):
            tallies, noticed = tallied(noticing, [one for one in made if one.owner == owner], known)
            for mutant in tallies[owner].survivors:
                print(f"{mutant.place.path}:{mutant.place.line}: {mutant.shown}")
                failed |= owner in known.held and mutant.cite is None
            stale += noticed
            print(f"{owner}{of}: {tallies[owner]}", flush=True)
    for line in stale:
        print(f"mutate/survivors.yaml: {line}")
    return 1 if stale or failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
