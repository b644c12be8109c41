"""Globs over paths and addresses."""

from __future__ import annotations

import pytest

from iamlint.source.path_glob import address_matches, path_matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("main.tf", "main.tf", True),
        ("main.tf", "a/b/main.tf", True),
        ("/main.tf", "a/main.tf", False),
        ("/main.tf", "main.tf", True),
        ("examples", "modules/x/examples/y/main.tf", True),
        ("examples/", "examples/main.tf", True),
        ("./examples/*.tf", "examples/main.tf", True),
        ("examples/*.tf", "examples/a/main.tf", False),
        ("examples/**/*.tf", "examples/main.tf", True),
        ("examples/**/*.tf", "examples/a/b/main.tf", True),
        ("examples/**", "examples/a/b", True),
        ("examples/**", "example", False),
        ("a?.json", "ab.json", True),
        ("a?.json", "a/.json", False),
        ("a.b", "axb", False),
        ("[a]", "a", False),
    ],
)
def test_paths(pattern: str, path: str, matches: bool) -> None:
    assert path_matches(pattern, path) is matches


@pytest.mark.parametrize(
    ("pattern", "address", "matches"),
    [
        ('module.net["a"].aws_iam_role.*', 'module.net["a"].aws_iam_role.x', True),
        ('module.net["a"].aws_iam_role.*', "module.neta.aws_iam_role.x", False),
        ("module.net*", 'module.net["b"].aws_iam_role.x', True),
        ("Resources/Role?", "Resources/Role1", True),
        ("Resources/Role", "Resources/Role1", False),
    ],
)
def test_addresses(pattern: str, address: str, matches: bool) -> None:
    assert address_matches(pattern, address) is matches
