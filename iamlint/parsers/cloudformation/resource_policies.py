"""The policies of resources: which property of which type holds one, and permissions that are one statement each."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.misplaced import in_properties
from iamlint.parsers.values import as_list, as_text
from iamlint.source.span import Place

# type: (the IAM prefix of its service, the properties that hold a resource policy)
_PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "AWS::ApiGateway::RestApi": ("execute-api", ("Policy",)),
    "AWS::Backup::BackupVault": ("backup", ("AccessPolicy",)),
    "AWS::Backup::LogicallyAirGappedBackupVault": ("backup", ("AccessPolicy",)),
    "AWS::Bedrock::ResourcePolicy": ("bedrock", ("PolicyDocument",)),
    "AWS::BedrockAgentCore::ResourcePolicy": ("bedrock-agentcore", ("Policy",)),
    "AWS::CloudTrail::Dashboard": ("cloudtrail", ("ResourcePolicy",)),
    "AWS::CloudTrail::EventDataStore": ("cloudtrail", ("ResourcePolicy",)),
    "AWS::CloudTrail::ResourcePolicy": ("cloudtrail", ("ResourcePolicy",)),
    "AWS::CodeArtifact::Domain": ("codeartifact", ("PermissionsPolicyDocument",)),
    "AWS::CodeArtifact::Repository": ("codeartifact", ("PermissionsPolicyDocument",)),
    "AWS::DynamoDB::Table": (
        "dynamodb", ("ResourcePolicy.PolicyDocument", "StreamSpecification.ResourcePolicy.PolicyDocument"),
    ),
    "AWS::ECR::PublicRepository": ("ecr-public", ("RepositoryPolicyText",)),
    "AWS::ECR::RegistryPolicy": ("ecr", ("PolicyText",)),
    "AWS::ECR::Repository": ("ecr", ("RepositoryPolicyText",)),
    "AWS::ECR::RepositoryCreationTemplate": ("ecr", ("RepositoryPolicy",)),
    "AWS::EFS::FileSystem": ("elasticfilesystem", ("FileSystemPolicy",)),
    "AWS::Elasticsearch::Domain": ("es", ("AccessPolicies",)),
    "AWS::EventSchemas::RegistryPolicy": ("schemas", ("Policy",)),
    "AWS::Events::EventBus": ("events", ("Policy",)),
    "AWS::Glacier::Vault": ("glacier", ("AccessPolicy",)),
    "AWS::Glue::ResourcePolicy": ("glue", ("PolicyInJson",)),
    "AWS::KMS::Key": ("kms", ("KeyPolicy",)),
    "AWS::KMS::ReplicaKey": ("kms", ("KeyPolicy",)),
    "AWS::Kinesis::ResourcePolicy": ("kinesis", ("ResourcePolicy",)),
    "AWS::Kinesis::Stream": ("kinesis", ("ResourcePolicy",)),
    "AWS::Lex::ResourcePolicy": ("lex", ("Policy",)),
    "AWS::Logs::Destination": ("logs", ("DestinationPolicy",)),
    "AWS::Logs::LogGroup": ("logs", ("ResourcePolicyDocument",)),
    "AWS::Logs::ResourcePolicy": ("logs", ("PolicyDocument",)),
    "AWS::MediaStore::Container": ("mediastore", ("Policy",)),
    "AWS::NetworkFirewall::ResourcePolicy": ("network-firewall", ("Policy",)),
    "AWS::OpenSearchService::Domain": ("es", ("AccessPolicies",)),
    "AWS::Redshift::Cluster": ("redshift", ("NamespaceResourcePolicy",)),
    "AWS::RedshiftServerless::Namespace": ("redshift-serverless", ("NamespaceResourcePolicy",)),
    "AWS::S3::AccessPoint": ("s3", ("Policy",)),
    "AWS::S3::BucketPolicy": ("s3", ("PolicyDocument",)),
    "AWS::S3::MultiRegionAccessPointPolicy": ("s3", ("Policy",)),
    "AWS::S3Express::AccessPoint": ("s3express", ("Policy",)),
    "AWS::S3Express::BucketPolicy": ("s3express", ("PolicyDocument",)),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("s3-object-lambda", ("PolicyDocument",)),
    "AWS::S3Outposts::AccessPoint": ("s3-outposts", ("Policy",)),
    "AWS::S3Outposts::BucketPolicy": ("s3-outposts", ("PolicyDocument",)),
    "AWS::S3Tables::TableBucketPolicy": ("s3tables", ("ResourcePolicy",)),
    "AWS::S3Tables::TablePolicy": ("s3tables", ("ResourcePolicy",)),
    "AWS::S3Vectors::VectorBucketPolicy": ("s3vectors", ("Policy",)),
    "AWS::SNS::TopicInlinePolicy": ("sns", ("PolicyDocument",)),
    "AWS::SNS::TopicPolicy": ("sns", ("PolicyDocument",)),
    "AWS::SQS::QueueInlinePolicy": ("sqs", ("PolicyDocument",)),
    "AWS::SQS::QueuePolicy": ("sqs", ("PolicyDocument",)),
    "AWS::SSM::ResourcePolicy": ("ssm", ("Policy",)),
    "AWS::SecretsManager::ResourcePolicy": ("secretsmanager", ("ResourcePolicy",)),
    "AWS::VpcLattice::AuthPolicy": ("vpc-lattice-svcs", ("Policy",)),
    "AWS::VpcLattice::ResourcePolicy": ("vpc-lattice", ("Policy",)),
    "AWS::XRay::ResourcePolicy": ("xray", ("PolicyDocument",)),
    "AWS::Rekognition::ProjectPolicy": ("rekognition", ("PolicyDocument",)),
}  # fmt: skip


def _resource_policy(it: Declaring) -> None:
    service, properties = _PLACES[it.kind]
    for name in properties:
        document, astray = in_properties(it, name)
        if document is None:
            continue
        if name.endswith("CustomStatements"):
            document = _document(document, document.place)
        element = name.replace(".", "/")
        in_vpc = service == "es" and it.value("VPCOptions") is not None
        refuses = service == "secretsmanager" and it.setting("BlockPublicPolicy").equals(True) is True
        it.builder.policy(
            document, it.at(element), "resource", "resource", service=service, label=it.logical_id, in_vpc=in_vpc,
            refuses_public=refuses, buckets=_buckets(it) if it.kind == "AWS::S3::BucketPolicy" else (), astray=astray,
        )  # fmt: skip


def _buckets(it: Declaring) -> tuple[str, ...]:
    """The names that the bucket goes by whose policy it is: the address of its declaration, or its name."""
    bucket = it.text("Bucket")
    if bucket is None:
        return ()
    if bucket.literal:
        return (bucket.literal,)
    holes = [part.ref for part in bucket.parts if not isinstance(part, str) and part.ref]
    return (holes[0],) if holes and len(bucket.parts) == 1 else ()


def _global_table(it: Declaring) -> None:
    """A global table has its policies in each replica: of the table, and of its stream."""
    for element, replica in it.items("Replicas"):
        stream = _within(replica, "ReplicaStreamSpecification")
        for holder in (replica, stream) if stream is not None else (replica,):
            document = _within(_within(holder, "ResourcePolicy"), "PolicyDocument")
            if document is not None:
                at = it.at(element, when=replica.when)
                it.builder.policy(document, at, "resource", "resource", service="dynamodb", label=it.logical_id)


def _within(value: Value | None, name: str) -> Value | None:
    """A property of an object; unknown when the object is."""
    return value if isinstance(value, UnknownValue) else value.get(name) if isinstance(value, MapValue) else None


def _document(statements: Value, place: Place) -> Value:
    return MapValue(((_key("Statement", place), statements),), place)


def _key(name: str, place: Place) -> Text:
    return Text(parts=(name,), place=place)


def _one_statement(
    it: Declaring, service: str, entries: list[tuple[str, Value | None]], place: Place | None = None
) -> None:
    """A permission that stands alone, as a policy of one statement; each element is where its property is."""
    header = place or it.properties or it.header
    written = tuple((_key(name, value.place), value) for name, value in entries if value is not None)
    allow = (_key("Effect", header), Text(parts=("Allow",), place=header))
    statement = MapValue((allow, *written), header)
    document = _document(ListValue((statement,), header), header)
    it.builder.policy(document, it.at(), "resource", "resource", service=service, label=it.logical_id)


def _conditions(it: Declaring, tests: list[tuple[str, str, Value | None]]) -> Value | None:
    """A Condition block of those tests whose value is written: (operator, key, value)."""
    place = it.properties or it.header
    blocks: dict[str, list[tuple[Text, Value]]] = {}
    for operator, key, value in tests:
        if value is not None:
            blocks.setdefault(operator, []).append((_key(key, value.place), value))
    if not blocks:
        return None
    entries = tuple(
        (_key(operator, block[0][1].place), MapValue(tuple(block), block[0][1].place))
        for operator, block in blocks.items()
    )
    return MapValue(entries, place)


def _lambda_permission(it: Declaring) -> None:
    """Lambda writes the permission into the function's policy so (Lambda, AddPermission)."""
    source = it.value("SourceArn")
    tests = [
        ("ArnLike", "AWS:SourceArn", source),
        ("StringEquals", "AWS:SourceAccount", it.value("SourceAccount")),
        ("StringEquals", "aws:PrincipalOrgID", it.value("PrincipalOrgID")),
        ("StringEquals", "lambda:EventSourceToken", it.value("EventSourceToken")),
        ("StringEquals", "lambda:FunctionUrlAuthType", it.value("FunctionUrlAuthType")),
    ]
    entries: list[tuple[str, Value | None]] = [
        ("Action", it.value("Action")),
        ("Resource", it.value("FunctionName")),
        ("Principal", _principal(it)),
        ("Condition", _conditions(it, tests)),
    ]
    _one_statement(it, "lambda", entries)


def _principal(it: Declaring) -> Value | None:
    """`Principal` of a permission is a service, an account, an ARN, or everybody, all in one string."""
    value = it.value("Principal")
    text = as_text(value) if value is not None else None
    if value is None or text is None:
        return value
    shown = text.shown
    if shown == "*":
        return text
    service = "." in shown and not shown.startswith("arn:")
    if text.literal is None and not service and not shown.startswith("arn:"):
        return MapValue((), text.place, text.hole)
    return MapValue(((_key("Service" if service else "AWS", text.place), text),), text.place)


def _layer_permission(it: Declaring) -> None:
    tests = [("StringEquals", "aws:PrincipalOrgID", it.value("OrganizationId"))]
    entries: list[tuple[str, Value | None]] = [
        ("Action", it.value("Action")),
        ("Resource", it.value("LayerVersionArn")),
        ("Principal", _principal(it)),
        ("Condition", _conditions(it, tests)),
    ]
    _one_statement(it, "lambda", entries)


def _event_bus_policy(it: Declaring) -> None:
    """Either a whole statement, or the older action, principal and condition."""
    statement = it.value("Statement")
    if statement is not None:
        document = _document(statement, statement.place)
        at = it.at("Statement")
        it.builder.policy(document, at, "resource", "resource", service="events", label=it.logical_id)
        return
    tests: list[tuple[str, str, Value | None]] = []
    condition = it.value("Condition")
    for option in as_list(condition) if condition is not None else ():
        key = as_text(option.get("Key") or option) if isinstance(option, MapValue) else None
        if isinstance(option, MapValue) and key is not None and key.literal:
            tests.append(("StringEquals", key.literal, option.get("Value")))
    entries: list[tuple[str, Value | None]] = [
        ("Action", it.value("Action")),
        ("Principal", _principal(it)),
        ("Condition", _conditions(it, tests)),
    ]
    if it.value("Action") is not None:
        _one_statement(it, "events", entries)


def _endpoint(it: Declaring) -> None:
    document = it.value("PolicyDocument")
    if document is not None:
        at = it.at("PolicyDocument")
        it.builder.policy(document, at, "vpc_endpoint", "resource", service="ec2", label=it.logical_id)


def _session(it: Declaring) -> None:
    name = "SessionPolicy" if it.kind == "AWS::RolesAnywhere::Profile" else "Policy"
    document = it.value(name)
    if document is not None:
        it.builder.policy(document, it.at(name), "session", "resource", label=it.logical_id)


def _iot_policy(it: Declaring) -> None:
    """A policy of device certificates: it grants to whatever it is attached to, and has no principal."""
    document = it.value("PolicyDocument")
    if document is not None:
        it.builder.policy(document, it.at("PolicyDocument"), "unattached", "unattached", service="iot")


TYPES: dict[str, Callable[[Declaring], None]] = {
    **dict.fromkeys(_PLACES, _resource_policy),
    "AWS::DynamoDB::GlobalTable": _global_table,
    "AWS::Lambda::Permission": _lambda_permission,
    "AWS::Lambda::LayerVersionPermission": _layer_permission,
    "AWS::Events::EventBusPolicy": _event_bus_policy,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::Transfer::User": _session,
    "AWS::RolesAnywhere::Profile": _session,
    "AWS::IoT::Policy": _iot_policy,
}
