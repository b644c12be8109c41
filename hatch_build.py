"""The build hook: rules/ goes into the package as iamlint/rules, with an index compiled from it."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RulesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Ships the rules in wheels; leaves them where they are, and only compiles the index, in editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles the index; `version` is "standard" for a wheel and "editable" for `pip install -e`."""
        folder = Path(self.root) / "rules"
        name, index, rules = self._compiled(str(folder))
        if version == "editable":
            # The checkout's own rules/ is read in place: a copy in site-packages would go stale.
            (folder / name).write_text(index, encoding="utf-8")
            return
        # The tree may hold the index of an old editable install, so the wheel gets a fresh one.
        self._scratch = TemporaryDirectory()
        fresh = Path(self._scratch.name) / name
        fresh.write_text(index, encoding="utf-8")
        include: dict[str, str] = build_data["force_include"]
        for path in [*rules, str(fresh)]:
            include[path] = f"iamlint/rules/{Path(path).name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes the scratch index once the wheel is written."""
        del build_data, artifact_path
        if version != "editable":
            self._scratch.cleanup()

    def _compiled(self, folder: str) -> tuple[str, str, list[str]]:
        """The name and the text of the index, and the rule files, by the engine of this very tree."""
        sys.path.insert(0, self.root)
        try:
            from iamlint.engine.index import INDEX, compile_index, rule_files
        finally:
            sys.path.remove(self.root)
        return INDEX, compile_index(folder), [path for _, path in rule_files(folder)]
