"""Which service principal calls on behalf of a resource, by the service in the resource's ARN."""

from __future__ import annotations

# Lambda Developer Guide, "Granting Lambda function access to AWS services", and those of the services themselves: a
# resource of the service on the left is the `aws:SourceArn` of calls by the principal with the word on the right.
_WORDS = {
    "apigateway": "apigateway",
    "cognito-idp": "cognito-idp",
    "config": "config",
    "elasticloadbalancing": "elasticloadbalancing",
    "events": "events",
    "execute-api": "apigateway",
    "iot": "iot",
    "logs": "logs",
    "s3": "s3",
    "sns": "sns",
}


def calls_for(principal: str, arn: str) -> bool | None:
    """Whether a service, by its principal, calls on behalf of a resource; None when that is not known."""
    fields = arn.split(":", 3)
    word = _WORDS.get(fields[2]) if len(fields) == 4 and fields[0] == "arn" else None
    if word is None or not principal.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return None
    return word in principal.split(".")
