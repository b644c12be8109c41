"""What is wrong with a policy as a document: what AWS would refuse, cannot work, or does nothing."""

from __future__ import annotations

from iamlint.model.statement import Statement
from iamlint.model.thing import Placed


class Flaw(Placed):
    """One thing that IAM Access Analyzer's policy validation, or this linter beyond it, says of a policy.

    `code` is the name of its rule (`invalid-action` for AWS's INVALID_ACTION); `message` says what is wrong with the
    very text at its place; `statement` is the one it stands in, None when it is about the policy as a whole;
    `path` names the element within the statement, `Action/0`; it `is_slight` where little hangs on it: where the
    document means the same mended, or only what is lost first can be abused.
    """

    code: str
    message: str
    statement: Statement | None = None
    path: str = ""
    is_slight: bool = False
