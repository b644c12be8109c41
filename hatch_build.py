"""The build hook: rules/ goes into the package as iamlint/rules, with an index compiled from it."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INDEX = "iamlint/_rules_index.json"


class RulesHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Ships the rules in wheels; leaves them where they are, and only compiles the index, in editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles the index; `version` is "standard" for a wheel and "editable" for `pip install -e`."""
        root = Path(self.root)
        index = self._compile(root / "rules")
        if version == "editable":
            # The checkout's own rules/ is read in place: a copy in site-packages would go stale.
            (root / INDEX).write_text(index, encoding="utf-8")
            return
        # A file in the tree may be left from an editable install, so the wheel gets a fresh one.
        self._scratch = TemporaryDirectory()
        fresh = Path(self._scratch.name) / "index.json"
        fresh.write_text(index, encoding="utf-8")
        include: dict[str, str] = build_data["force_include"]
        include[str(fresh)] = INDEX
        for rule in sorted((root / "rules").glob("*.yaml")):
            include[str(rule)] = f"iamlint/rules/{rule.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes the scratch index once the wheel is written."""
        del build_data, artifact_path
        if version != "editable":
            self._scratch.cleanup()

    def _compile(self, rules: Path) -> str:
        """The index of a rules folder, by the engine of this very tree (which needs only PyYAML for it)."""
        sys.path.insert(0, self.root)
        try:
            from iamlint.engine.index import compile_index
        finally:
            sys.path.remove(self.root)
        return compile_index(rules)
