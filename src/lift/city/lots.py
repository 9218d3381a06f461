"""Which kind of home stands where? Kinds are dealt, not diced, so that the shares of a city are those asked for."""

from __future__ import annotations

from collections.abc import Mapping

from lift.city.places import stream


class Lot:
    """A home's place in the order of its district, from nought to one.

    Each choice finds the part of the whole that holds the place and stretches that part to the whole: the homes of a
    district, whatever the number of choices, fall into the parts as their weights say, to within one home for each.
    """

    def __init__(self, position: int, size: int) -> None:
        self.top, self.bottom = 2 * position + 1, 2 * size

    def pick(self, weights: Mapping[str, int]) -> str:
        point, low = self.top * sum(weights.values()), 0
        for key, weight in weights.items():
            if point < (low + weight) * self.bottom:
                self.top, self.bottom = point - low * self.bottom, weight * self.bottom
                return key
            low += weight
        raise AssertionError("the weights add up")

    def falls(self, per_thousand: int) -> bool:
        share = min(max(per_thousand, 0), 1000)
        return self.pick({"yes": share, "no": 1000 - share}) == "yes"


def deal(places: list[int], seed: int, district: int) -> dict[int, Lot]:
    """A lot for each of these dwellings."""
    order = list(range(len(places)))
    stream(seed, "lots", district).shuffle(order)
    return {place: Lot(position, len(places)) for place, position in zip(places, order, strict=True)}
