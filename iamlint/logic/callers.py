"""Callers, and the keys of a request's context that AWS fills in from who calls: the two must tell the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from iamlint.logic.request import Caller, Request

ARN = "aws:principalarn"
ACCOUNT = "aws:principalaccount"
SERVICE = "aws:principalisawsservice"
KEYS = (ARN, ACCOUNT, SERVICE)


def told(caller: Caller) -> dict[str, tuple[str, ...]]:
    """What AWS says of a caller in the context: https://docs.aws.amazon.com/IAM/latest/UserGuide/
    reference_policies_condition-keys.html. A session has the ARN of its role, here one without a path."""
    fields = caller.name.split(":", 5)
    if caller.kind == "service":
        return {SERVICE: ("true",)}
    if caller.kind != "aws":
        return {}  # the request is not signed with AWS credentials
    if len(fields) < 6:
        return {SERVICE: ("false",)}
    arn, session = caller.name, fields[5].split("/")
    if session[0] == "assumed-role":
        arn = f"{fields[0]}:{fields[1]}:iam::{fields[4]}:role/{'/'.join(session[1:2])}"
    return {ARN: (arn,), ACCOUNT: (fields[4],), SERVICE: ("false",)}


def consistent(request: Request, asked: Collection[str]) -> Iterator[Request]:
    """The request with a context that agrees with its caller, then with a caller who agrees with its context; `asked`
    are the keys that the policies ask about: others say nothing."""
    keys = [key for key in KEYS if key in asked]
    if request.caller is None or not keys:
        yield request
        return
    yield _agreeing(request, request.caller, keys)
    for caller in _meant(request.context):
        if caller != request.caller:
            yield _agreeing(request, caller, keys)


def _agreeing(request: Request, caller: Caller, keys: Collection[str]) -> Request:
    derived = told(caller)
    context = {key: values for key, values in request.context.items() if key not in keys}
    context.update({key: derived[key] for key in keys if key in derived})
    return request._replace(caller=caller, context=context)


def _meant(context: Mapping[str, tuple[str, ...]]) -> Iterator[Caller]:
    """The callers whom a context may tell of."""
    for arn in context.get(ARN, ()):
        yield Caller("aws", arn)
    for account in context.get(ACCOUNT, ()):
        yield Caller("aws", f"arn:aws:iam::{account}:user/x")
    if context.get(SERVICE) == ("true",):
        yield Caller("service", "x.amazonaws.com")
    yield Caller("anonymous")
    yield Caller("aws", "arn:aws:iam::111122223333:user/x")
