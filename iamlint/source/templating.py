"""Tells whether a text that is not valid JSON or YAML is a template of another language, to be rendered first."""

from __future__ import annotations

import re

# CloudFormation's dynamic references, `{{resolve:ssm:…}}`, are no templating: CloudFormation reads them itself.
_TEMPLATING = re.compile(
    r"\{\{(?!\s{0,9}resolve:)[^{}\n]*\}\}|\{%[^\n]{0,400}?%\}|<%[^\n]{0,400}?%>|%\{\s{0,9}(?:if|for|else|end)"
)
# `%codeUri%`, `@version@`, `@@STAGE@@`: neither sign may begin a plain value of YAML.
_PLACEHOLDER = re.compile(r"(%{1,2}|@{1,2})[A-Za-z_][\w.-]{0,80}\1")
_OPENINGS = ("{{", "{%", "<%", "%{", "${")


def is_templated(text: str, error_at: int) -> bool:
    """Whether `text`, unreadable at the offset `error_at`, is written in Jinja, cookiecutter, Helm, ERB or the like,
    or has placeholders that a build fills in."""
    if text.startswith(_OPENINGS, error_at) or _PLACEHOLDER.match(text, error_at) is not None:
        return True
    return _TEMPLATING.search(text) is not None
