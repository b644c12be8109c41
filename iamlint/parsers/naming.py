"""What stands for the text of a resource where it is asked what names another."""

from __future__ import annotations

import re

# Those that say who is in which group, and their lists where they are written as empty.
_MEMBERSHIPS = ("aws_iam_user_group_membership", "aws_iam_group_membership", "AWS::IAM::UserToGroupAddition")
_OF_NOBODY = re.compile(
    r"""(?im)(?:^|[{,])[ \t]*["']?(?:users|groups)["']?\s*[=:]\s*(?:\{\s*["']constant_value["']\s*:\s*)?\[\s*\]"""
)


def named_in(kind: str, text: str) -> str:
    """The text of a resource of a type in which names count: none in a membership that puts nobody into a group."""
    return "" if kind in _MEMBERSHIPS and _OF_NOBODY.search(text) else text
