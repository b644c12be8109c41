"""The search: is there a request in all of these boxes and in none of those?"""

from __future__ import annotations

from iamlint.logic.boxes import RESOURCE, Base, Box, Item, Theory
from iamlint.logic.languages import SpentError

MOST_NODES = 20_000


def search(base: Base, avoid: list[Box], theory: Theory) -> Base | None:
    """The base with what more must hold so that no box of `avoid` does; None is a proof that there is nothing.

    Each box is a clause: one of its literals must fail. A box of which no literal can fail covers what is left; one
    that leaves one way out goes it; else the box with the fewest is tried way by way, each without the former ones.
    Raises SpentError when the budget is used up.
    """
    pending: list[tuple[Base, list[Box]]] = [(base, avoid)]
    nodes = 0
    while pending:
        base, boxes = pending.pop()
        nodes += 1
        theory.budget.spend(1)
        if nodes > MOST_NODES:
            raise SpentError("the statements taken together")
        propagated = _propagated(base, boxes, theory)
        if propagated is None:
            continue
        base, boxes, ways = propagated
        if not ways:
            return base
        branches = []
        for number, way in enumerate(ways):
            branch: Base | None = dict(base)
            for former in ways[:number]:
                branch = _with(branch, former.opposite(), theory)
            branch = _with(branch, way, theory)
            if branch is not None:
                branches.append((branch, boxes))
        pending += reversed(branches)
    return None


def has_way_out(base: Base, avoid: list[Box], theory: Theory) -> bool:
    """Whether a first look finds what the search looks for: a literal of each box, one after the other, that fails
    together with those before it. False when it does not, though there may be something.

    Resources, which take the longest, come last: nearly always a condition is enough.
    """
    for one in avoid:
        if any((literal, not holds) in base.get(dimension, ()) for dimension, literal, holds in one):
            continue
        for item in sorted(one, key=_is_of_resources):
            asked = base.get(item.dimension, frozenset()) | {(item.literal, not item.holds)}
            found = theory.found(item.dimension, asked)
            if found is not None and not isinstance(found, SpentError):
                base = {**base, item.dimension: asked}
                break
        else:
            return False
    return True


def _is_of_resources(item: Item) -> bool:
    return item.dimension == RESOURCE


def start(boxes: list[Box], theory: Theory) -> Base | None:
    """All boxes at once; None when they have nothing in common."""
    keys: Base = {}
    for one in boxes:
        for dimension, literal, holds in one:
            if dimension[0] == "key":
                keys[dimension] = keys.get(dimension, frozenset()) | {(literal, holds)}
    # Told sooner than what they have in common of resources.
    if any(theory.found(dimension, asked) is None for dimension, asked in keys.items()):
        return None
    base: Base | None = {}
    for one in boxes:
        for item in one:
            base = _with(base, item, theory)
    return base


def _with(base: Base | None, item: Item, theory: Theory) -> Base | None:
    """The base with one more literal; None when that cannot be."""
    if base is None:
        return None
    asked = base.get(item.dimension, frozenset()) | {(item.literal, item.holds)}
    if theory.found(item.dimension, asked) is None:
        return None
    return {**base, item.dimension: asked}


def _propagated(base: Base, boxes: list[Box], theory: Theory) -> tuple[Base, list[Box], list[Item]] | None:
    """Goes every way that is the only one; the base then, the boxes left, and the ways of the tightest one."""
    while True:
        kept: list[Box] = []
        tightest: list[Item] | None = None
        forced = False
        for one in boxes:
            ways = _ways(base, one, theory)
            if ways is None:
                continue
            if not ways:
                return None
            if len(ways) == 1:
                following = _with(base, ways[0], theory)
                assert following is not None
                base, forced = following, True
                continue
            kept.append(one)
            if tightest is None or len(ways) < len(tightest):
                tightest = ways
        theory.budget.spend(len(boxes))
        boxes = kept
        if not forced:
            return base, boxes, tightest or []


def _ways(base: Base, one: Box, theory: Theory) -> list[Item] | None:
    """The literals of a box that can fail; None when one of them fails anyway."""
    ways = []
    for item in one:
        dimension, literal, holds = item
        asked = base.get(dimension, frozenset())
        if (literal, not holds) in asked:
            return None
        if (literal, holds) in asked:
            continue
        if theory.found(dimension, asked | {(literal, holds)}) is None:
            return None
        opposite = item.opposite()
        if theory.found(dimension, asked | {(literal, not holds)}) is not None:
            ways.append(opposite)
    return ways
