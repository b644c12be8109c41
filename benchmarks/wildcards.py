"""What it costs to see which actions a wildcard takes in, against a search through all names of the service.

    python benchmarks/wildcards.py                   patterns over one service, and over all
    python benchmarks/wildcards.py s3:Get* ec2:*     these

Times are medians of CPU, of what was loaded and never asked before; the first time of a service its data is loaded. The
baseline is a compiled regular expression tried on every name. Compare the ratios, not the microseconds.
"""

from __future__ import annotations

import fnmatch
import re
import statistics
import sys
from collections.abc import Callable
from time import perf_counter_ns

from iamlint.aws import actions
from iamlint.logic import glob

PATTERNS = (
    "s3:PutObject", "s3:Get*", "s3:*", "s3:*Acl", "iam:*Role*", "iam:*Role*Policy", "ec2:Describe*", "ec2:*",
    "ec2:*Instance*", "ec2:?reate*", "*", "*:*",
)  # fmt: skip
RUNS = 51


def median(work: Callable[[], object]) -> float:
    """The median time of a piece of work, in microseconds, with nothing remembered from the time before."""
    taken = []
    for _ in range(RUNS):
        actions.matching.cache_clear()
        glob.matches.cache_clear()
        glob.tokens.cache_clear()
        begun = perf_counter_ns()
        work()
        taken.append(perf_counter_ns() - begun)
    return statistics.median(taken) / 1000


def compared(pattern: str) -> str:
    """A line of the table: how many actions, the time it takes, and the ratio to the baseline."""
    prefix, _, name = pattern.lower().partition(":")
    known = actions.service(prefix)
    spent = median(lambda: actions.matching(pattern))
    line = f"{pattern:20} {len(actions.matching(pattern)):5} {spent:9.1f} µs"
    if known is None:
        return line
    names, search = list(known.names), re.compile(fnmatch.translate(name)).match
    searched = median(lambda: [each for each in names if search(each)])
    return f"{line} {searched:9.1f} µs {spent / searched:9.2f}"


def main() -> None:
    """Prints the table."""
    print(f"{'pattern':20} {'takes':>5} {'iamlint':>12} {'search':>12} {'ratio':>9}")
    for pattern in sys.argv[1:] or PATTERNS:
        print(compared(pattern))


if __name__ == "__main__":
    main()
