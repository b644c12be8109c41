"""The JSON Schema of a rule file, for editors."""

from __future__ import annotations

import re
from typing import Any

from iamlint.engine.frameworks import FRAMEWORKS
from iamlint.engine.rule_file import FORMATS, NAME, REQUIRED, SEVERITY_NAMES
from iamlint.engine.subject import SUBJECTS


def schema() -> dict[str, Any]:
    """The schema, as JSON Schema 2020-12."""
    names = "|".join(re.escape(name) for name in FRAMEWORKS)
    text = {"type": "string", "minLength": 1}
    texts = {"type": "array", "items": text}
    severity = {"enum": list(SEVERITY_NAMES)}
    expression = {**text, "description": "an expression of the rule language; see `iamlint rules --vocabulary`"}
    example = {
        "type": "object",
        "properties": {"format": {"enum": list(FORMATS)}, "bad": text, "good": text},
        "required": ["format", "bad", "good"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "iamlint rule",
        "description": f"One rule; the file's name without .yaml is the rule's name ({NAME.pattern}).",
        "type": "object",
        "properties": {
            "title": {**text, "description": "what is wrong, in one line"},
            "severity": {**severity, "description": "how bad it is"},
            "severity_when": {
                "type": "object",
                "description": "severities that hold under an expression instead; the first that holds counts",
                "propertyNames": severity,
                "additionalProperties": {"anyOf": [expression, {"type": "boolean"}]},
            },
            "practice": {"type": "integer", "minimum": 1, "maximum": 10, "description": "which of the ten practices"},
            "group": {"type": "string", "pattern": f"^{NAME.pattern}$", "description": "what `group:` selects it by"},
            "strict": {"type": "boolean", "description": "off until selected"},
            "gathered": {"type": "boolean", "description": "many of one statement are told as one"},
            "flag": {"enum": list(SUBJECTS), "description": "the thing that is flagged, and asked about"},
            "at": {**expression, "description": "the setting or element to point at instead of the thing"},
            "when": {"anyOf": [expression, {"type": "boolean"}], "description": "flag it when this is true"},
            "message": {**text, "description": "what to say; {expressions} in braces are filled in"},
            "why": {**text, "description": "what can happen"},
            "instead": {**text, "description": "what to write instead"},
            "also_known_as": {**texts, "description": "ids of the same check in other tools"},
            "frameworks": {
                "type": "array",
                "items": {"type": "string", "pattern": f"^({names}):."},
                "description": "requirements of compliance frameworks that it speaks to, like `cis-3.0:1.16`",
            },
            "implies": {**texts, "description": "rules that are silent where this one speaks"},
            "references": {**texts, "description": "pages that say so"},
            "examples": {"type": "array", "minItems": 1, "items": example},
        },
        "required": list(REQUIRED),
        "additionalProperties": False,
    }
