"""Writes iamlint/aws/sam_policies.json from an installed aws-sam-translator: what SAM makes of a template's names.

Run it in an environment of its own:  pip install aws-sam-translator && python scripts/generate_sam_data.py
"""

from __future__ import annotations

import json
import re
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

PACKAGE = "aws-sam-translator"
TEMPLATES = "samtranslator/policy_templates_data/policy_templates.json"
PROFILES = "samtranslator/model/connector_profiles/profiles.json"
TARGET = Path(__file__).resolve().parent.parent / "iamlint" / "aws" / "sam_policies.json"
_HOLE = re.compile(r"\$\{([^}]*)\}")


def plain(value: Any) -> Any:
    """A value of a policy template with its functions written as `${Name}` holes in one string."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return "${" + value["Ref"] + "}"
    if set(value) == {"Fn::Sub"}:
        text, names = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else (value["Fn::Sub"], {})
        return _HOLE.sub(lambda hole: plain(names[hole[1]]) if hole[1] in names else hole[0], text)
    if any(key.startswith("Fn::") for key in value):
        raise ValueError(f"a function that this script does not know: {value}")
    return {key: plain(item) for key, item in value.items()}


def policy_templates(data: dict[str, Any]) -> dict[str, Any]:
    """The statements of each policy template, by its name."""
    return {name: plain(template["Definition"]["Statement"]) for name, template in sorted(data["Templates"].items())}


def connectors(data: dict[str, Any]) -> dict[str, Any]:
    """What a connector from one type to another makes: its means, on whose side, and the statements per permission."""
    made = {}
    for source, destinations in sorted(data["Permissions"].items()):
        for destination, profile in sorted(destinations.items()):
            properties = profile["Properties"]
            text = json.dumps(properties["AccessCategories"]).replace("%{", "${")
            made[f"{source} {destination}"] = {
                "means": profile["Type"],
                "of_source": properties["SourcePolicy"],
                "permissions": {
                    name: category.get("Statement", category) for name, category in json.loads(text).items()
                },
            }
    return made


def main() -> None:
    """Reads the package's data and writes ours."""
    root = Path(str(distribution(PACKAGE).locate_file("")))
    templates, profiles = (json.loads((root / name).read_text()) for name in (TEMPLATES, PROFILES))
    data = {
        "source": f"{PACKAGE} {version(PACKAGE)}",
        "policy_templates": policy_templates(templates),
        "connectors": connectors(profiles),
    }
    # One entry to a line: small, and a new version shows as a readable change.
    sections = []
    for name, section in data.items():
        if isinstance(section, dict):
            lines = [f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in section.items()]
            sections.append(f"{json.dumps(name)}:{{\n" + ",\n".join(lines) + "\n}")
        else:
            sections.append(f"{json.dumps(name)}:{json.dumps(section)}")
    TARGET.write_text("{" + ",\n".join(sections) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
