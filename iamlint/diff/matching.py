"""Which subject of the old state is which of the new: by address, by name, then by what they allow."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from iamlint.diff.subjects import Subject
from iamlint.logic.policy import Statement

_ALIKE = 0.5  # how much of two subjects' statements must be the same for one to be the other under a new address


class Matched(NamedTuple):
    """Pairs (new, old), and those that are in one of the states only."""

    pairs: list[tuple[Subject, Subject]]
    added: list[Subject]
    gone: list[Subject]


def matched(new: Iterable[Subject], old: Iterable[Subject], single: bool) -> Matched:
    """Finds for each new subject the old one. `single`: both states are one file, whose only subjects belong together
    whatever they are called."""
    added, gone = list(new), list(old)
    pairs: list[tuple[Subject, Subject]] = []
    keys: tuple[Callable[[Subject], Hashable], ...] = (
        lambda s: (s.kind, s.root, s.address),
        lambda s: (s.kind, s.address),
        lambda s: (s.kind, s.name) if s.name else None,
        lambda s: (s.kind, s.root, s.content) if s.content else None,
        lambda s: (s.kind, s.content) if s.content else None,
    )
    for key in keys:
        added, gone = _by(key, added, gone, pairs)
    if single and len(added) == len(gone) == 1 and not (added[0].is_shadow or gone[0].is_shadow):
        pairs.append((added.pop(), gone.pop()))
    _by_likeness(added, gone, pairs)
    return Matched(pairs, added, gone)


def _by(
    key: Callable[[Subject], Hashable], added: list[Subject], gone: list[Subject], pairs: list[tuple[Subject, Subject]]
) -> tuple[list[Subject], list[Subject]]:
    """Pairs those with the same key, in order; gives back the others."""
    waiting: dict[Hashable, list[Subject]] = {}
    for subject in gone:
        waiting.setdefault(key(subject), []).append(subject)
    waiting.pop(None, None)
    taken: set[int] = set()
    left: list[Subject] = []
    for subject in added:
        candidates = waiting.get(key(subject))
        if candidates:
            found = candidates.pop(0)
            taken.add(id(found))
            pairs.append((subject, found))
        else:
            left.append(subject)
    return left, [subject for subject in gone if id(subject) not in taken]


def _by_likeness(added: list[Subject], gone: list[Subject], pairs: list[tuple[Subject, Subject]]) -> None:
    """Pairs those that have most of their statements in common, the likest first."""
    found = sorted(
        (
            (-likeness, i, j)
            for i, new in enumerate(added)
            for j, old in enumerate(gone)
            if new.kind == old.kind and (likeness := _likeness(new.content, old.content)) >= _ALIKE
        )
    )
    taken_new: set[int] = set()
    taken_old: set[int] = set()
    for _, i, j in found:
        if i not in taken_new and j not in taken_old:
            taken_new.add(i)
            taken_old.add(j)
            pairs.append((added[i], gone[j]))
    added[:] = [subject for i, subject in enumerate(added) if i not in taken_new]
    gone[:] = [subject for j, subject in enumerate(gone) if j not in taken_old]


def _likeness(one: frozenset[Statement], other: frozenset[Statement]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
