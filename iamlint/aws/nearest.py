"""Which name was probably meant: by edit distance, and by a table of what people take for the name of an action."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from iamlint.aws import actions as catalogue
from iamlint.aws.service_names import meant_by, prefixes

# Operations of APIs that are authorized by an action of another name, or by none of their own. Amazon S3 User Guide,
# "Required permissions for Amazon S3 API operations"
# (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html);
# AWS Lambda API reference, Invoke; Amazon SQS Developer Guide, "Amazon SQS API permissions"; Amazon SNS API reference,
# PublishBatch.
_OPERATIONS = {
    "s3:abortmultipartuploads": "s3:AbortMultipartUpload",
    "s3:completemultipartupload": "s3:PutObject",
    "s3:copyobject": "s3:GetObject and s3:PutObject",
    "s3:createmultipartupload": "s3:PutObject",
    "s3:deletebucketanalyticsconfiguration": "s3:PutAnalyticsConfiguration",
    "s3:deletebucketcors": "s3:PutBucketCORS",
    "s3:deletebucketencryption": "s3:PutEncryptionConfiguration",
    "s3:deletebucketinventoryconfiguration": "s3:PutInventoryConfiguration",
    "s3:deletebucketlifecycle": "s3:PutLifecycleConfiguration",
    "s3:deletebucketmetricsconfiguration": "s3:PutMetricsConfiguration",
    "s3:deletebucketreplication": "s3:PutReplicationConfiguration",
    "s3:deletebuckettagging": "s3:PutBucketTagging",
    "s3:deletelifecycleconfiguration": "s3:PutLifecycleConfiguration",
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:deletepublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:getbucketaccelerateconfiguration": "s3:GetAccelerateConfiguration",
    "s3:getbucketanalyticsconfiguration": "s3:GetAnalyticsConfiguration",
    "s3:getbucketencryption": "s3:GetEncryptionConfiguration",
    "s3:getbucketinventoryconfiguration": "s3:GetInventoryConfiguration",
    "s3:getbucketlifecycle": "s3:GetLifecycleConfiguration",
    "s3:getbucketlifecycleconfiguration": "s3:GetLifecycleConfiguration",
    "s3:getbucketmetricsconfiguration": "s3:GetMetricsConfiguration",
    "s3:getbucketnotificationconfiguration": "s3:GetBucketNotification",
    "s3:getbucketreplication": "s3:GetReplicationConfiguration",
    "s3:getobjectlockconfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:getpublicaccessblock": "s3:GetBucketPublicAccessBlock",
    "s3:headbucket": "s3:ListBucket",
    "s3:headobject": "s3:GetObject",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "s3:listmultipartuploads": "s3:ListBucketMultipartUploads",
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:listobjectversions": "s3:ListBucketVersions",
    "s3:listparts": "s3:ListMultipartUploadParts",
    "s3:postobject": "s3:PutObject",
    "s3:putbucketaccelerateconfiguration": "s3:PutAccelerateConfiguration",
    "s3:putbucketanalyticsconfiguration": "s3:PutAnalyticsConfiguration",
    "s3:putbucketencryption": "s3:PutEncryptionConfiguration",
    "s3:putbucketinventoryconfiguration": "s3:PutInventoryConfiguration",
    "s3:putbucketlifecycle": "s3:PutLifecycleConfiguration",
    "s3:putbucketlifecycleconfiguration": "s3:PutLifecycleConfiguration",
    "s3:putbucketmetricsconfiguration": "s3:PutMetricsConfiguration",
    "s3:putbucketnotificationconfiguration": "s3:PutBucketNotification",
    "s3:putbucketreplication": "s3:PutReplicationConfiguration",
    "s3:putobjectlockconfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:putpublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:selectobjectcontent": "s3:GetObject",
    "s3:uploadpart": "s3:PutObject",
    "s3:uploadpartcopy": "s3:GetObject and s3:PutObject",
    "lambda:invoke": "lambda:InvokeFunction",
    "lambda:invokewithresponsestream": "lambda:InvokeFunction",
    "dynamodb:batchexecutestatement": "dynamodb:PartiQLSelect, dynamodb:PartiQLInsert and the like",
    "dynamodb:executestatement": "dynamodb:PartiQLSelect, dynamodb:PartiQLInsert and the like",
    "dynamodb:executetransaction": "dynamodb:PartiQLSelect, dynamodb:PartiQLInsert and the like",
    "dynamodb:transactgetitems": "dynamodb:GetItem",
    "dynamodb:transactwriteitems": "dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem and "
    "dynamodb:ConditionCheckItem",
    "iam:assumerole": "sts:AssumeRole",
    "sns:publishbatch": "sns:Publish",
    "sqs:changemessagevisibilitybatch": "sqs:ChangeMessageVisibility",
    "sqs:deletemessagebatch": "sqs:DeleteMessage",
    "sqs:sendmessagebatch": "sqs:SendMessage",
}


def hint_at_action(prefix: str, name: str) -> str:
    """What was probably meant by an action that a service does not have, as the end of a message; empty when nothing
    comes near. Both in any letter case; no wildcards."""
    actual = _OPERATIONS.get(f"{prefix}:{name}".lower())
    if actual is not None:
        wanted = " and ".join(f"`{action}`" if ":" in action else action for action in actual.split(" and "))
        return f": that is an operation of its API, and the action that allows it is {wanted}"
    known = catalogue.service(prefix)
    if known is None:
        return ""
    near = nearest(name.lower(), known.names)
    info = known.action(near) if near else None
    return f"; did you mean `{known.prefix}:{info.name}`?" if info is not None else ""


@lru_cache(maxsize=256)
def hint_at_service(prefix: str) -> str:
    """What was probably meant by a service prefix that does not exist, or what became of the service, as the end of a
    message; empty when nothing comes near."""
    told = meant_by(prefix)
    if told:
        return told
    near = nearest(prefix.lower(), sorted(prefixes()))
    return f"; did you mean `{near}`?" if near else ""


@lru_cache(maxsize=256)
def hint_at_arn_service(name: str) -> str:
    """What was probably meant by the service in an ARN, as `hint_at_service` has it."""
    from iamlint.aws.arns import services

    told = meant_by(name)
    if told:
        return told
    near = nearest(name.lower(), sorted(services()))
    return f"; did you mean `{near}`?" if near else ""


def nearest(name: str, among: Iterable[str]) -> str:
    """The name of the fewest edits away, when they are few for its length; empty when there is none.

    Of a short name the first letter is taken for right.
    """
    most = max(1, min(4, len(name) // 4)) if len(name) > 2 else 0
    best = ""
    for known in among:
        if len(name) < 5 and name[:1] != known[:1]:
            continue
        distance = _edits(name, known, most)
        if distance <= most:
            best, most = known, distance - 1
            if distance <= 1:
                break
    return best


def _edits(one: str, other: str, most: int) -> int:
    """How many letters to insert, drop, replace, or swap with the next one; more than `most` when it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            edits = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                edits = min(edits, before_last[j - 2] + 1)
            row.append(edits)
        if min(row) > most:
            return most + 1
        before_last, last = last, row
    return last[-1]
