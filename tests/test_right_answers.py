"""Cases that users of other tools reported, with the right answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

HYGIENE = {"inline-policy", "unattached-policy"}
ACCOUNT = "111122223333"


def found(tmp_path: Path, name: str, text: str) -> list[tuple[str, str, str]]:
    """(rule, severity, flagged text) of everything on by default, hygiene aside."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    rules = load_rules().rules
    chosen = [rule for rule in rules.values() if not rule.strict and rule.name not in HYGIENE]
    report = check(Request(Inputs((str(path),)), chosen, rules, "2026-01-01"))
    return [(finding.rule, finding.severity, finding.place.written) for finding in report.findings]


def policy(*statements: str) -> str:
    return '{"Version": "2012-10-17", "Statement": [' + ",\n".join(statements) + "]}"


def test_actions_that_take_no_resource(tmp_path: Path) -> None:
    text = """
data "aws_iam_policy_document" "tracer" {
  statement {
    actions   = ["xray:PutTelemetryRecords", "ecr:GetAuthorizationToken", "s3:ListAllMyBuckets"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "tracer" {
  policy = data.aws_iam_policy_document.tracer.json
}
"""
    assert found(tmp_path, "main.tf", text) == []


def test_the_default_key_policy(tmp_path: Path) -> None:
    text = """
data "aws_caller_identity" "this" {}
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }
}
resource "aws_kms_key" "this" {
  policy = data.aws_iam_policy_document.key.json
}
"""
    assert found(tmp_path, "main.tf", text) == []


def key(condition: str) -> str:
    return f"""
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {{AWS: !Sub "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:root"}}
            Action: kms:*
            Resource: "*"
          - Effect: Allow
            Principal: {{AWS: "*"}}
            Action: kms:Decrypt
            Resource: "*"
            Condition: {{StringEquals: {{{condition}}}}}
"""


def test_conditions_that_pin_the_caller_of_a_key(tmp_path: Path) -> None:
    assert found(tmp_path, "good.yaml", key("kms:CallerAccount: !Ref AWS::AccountId")) == []
    by_service = key('kms:ViaService: !Sub "rds.${AWS::Region}.amazonaws.com"')
    assert found(tmp_path, "bad.yaml", by_service) == [("public-resource-policy", "critical", '"*"')]


def test_source_arns(tmp_path: Path) -> None:
    statement = """{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:SendMessage",
      "Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Condition": {"ArnEquals": {"aws:SourceArn": %s}}}"""
    pinned = '["arn:aws:sns:eu-west-1:111122223333:a", "arn:aws:sns:eu-west-1:111122223333:b"]'
    assert found(tmp_path, "good.json", policy(statement % pinned)) == []
    loose = '["arn:aws:sns:eu-west-1:111122223333:a", "arn:aws:sns:*:*:*"]'
    assert [rule for rule, _, _ in found(tmp_path, "bad.json", policy(statement % loose))] == ["public-resource-policy"]


def test_a_missing_module_is_unknown(tmp_path: Path) -> None:
    text = """
module "store" { source = "./nowhere" }
resource "aws_iam_policy" "read" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = ["${module.store.arn}/*"] }]
  })
}
"""
    assert found(tmp_path, "main.tf", text) == []


BRANCHES = """
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: [!If [IsDev, "ec2:*", !Ref AWS::NoValue], ec2:DescribeVpcs]
                Resource: "*"
              - !If [IsDev, {Effect: Allow, Action: "iam:*", Resource: "*"}, !Ref AWS::NoValue]
"""


def test_branches_of_a_template(tmp_path: Path) -> None:
    assert found(tmp_path, "template.yaml", BRANCHES) == [
        ("service-wildcard", "medium", '"ec2:*"'),
        ("service-wildcard", "high", '"iam:*"'),
    ]


def test_a_finding_says_under_which_condition_it_holds(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(BRANCHES, encoding="utf-8")
    rules = load_rules().rules
    report = check(Request(Inputs((str(tmp_path),)), [rules["service-wildcard"]], rules, "2026-01-01"))
    assert all(finding.message.endswith("(when IsDev)") for finding in report.findings)
    assert len(report.findings) == 2


def test_mfa(tmp_path: Path) -> None:
    def statement(effect: str, operator: str, value: str) -> str:
        return f"""{{"Effect": "{effect}", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::{ACCOUNT}:user/x",
            "Condition": {{"{operator}": {{"aws:MultiFactorAuthPresent": "{value}"}}}}}}"""

    rules = {
        ("Deny", "BoolIfExists", "false"): [],
        ("Deny", "Bool", "false"): ["mfa-bool-deny"],
        ("Allow", "BoolIfExists", "true"): ["mfa-bool-if-exists-allow"],
        ("Allow", "Bool", "true"): [],
        ("Allow", "Null", "false"): ["mfa-null-check"],
    }
    for (effect, operator, value), expected in rules.items():
        answer = found(tmp_path, "p.json", policy(statement(effect, operator, value)))
        assert [rule for rule, _, _ in answer] == expected, (effect, operator, value)


def test_a_document_is_judged_by_what_it_is_attached_to(tmp_path: Path) -> None:
    text = """
data "aws_iam_policy_document" "open" {
  statement {
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::example-data/*"]
  }
}
resource "aws_s3_bucket_policy" "open" {
  bucket = "example-data"
  policy = data.aws_iam_policy_document.open.json
}
"""
    assert found(tmp_path, "main.tf", text) == [("public-resource-policy", "critical", '"*"')]


@pytest.mark.parametrize(
    ("resource", "service", "expected"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/app", "ecs-tasks.amazonaws.com", []),
        ("*", "ec2.amazonaws.com", [("pass-role-any-role", "medium")]),
        ("*", "", [("pass-role-any-role", "high")]),
        (f"arn:aws:iam::{ACCOUNT}:role/*", "", [("pass-role-any-role", "high")]),
    ],
)
def test_passing_roles(tmp_path: Path, resource: str, service: str, expected: list[tuple[str, str]]) -> None:
    condition = f', "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}' if service else ""
    text = policy(f'{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "{resource}"{condition}}}')
    assert [(rule, severity) for rule, severity, _ in found(tmp_path, "p.json", text)] == expected


PROVIDER = """
provider "aws" {
  access_key = "%s"
  secret_key = var.secret
}
variable "secret" {}
"""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("AKIAIOSFODNN7EXAMPLE", [("provider-static-credentials", "info")]),
        ("AKIAQ3EGRJ5TWN2HV6PZ", [("provider-static-credentials", "critical")]),
        ("<your key>", []),
        ("", []),
    ],
)
def test_keys_in_a_provider(tmp_path: Path, key: str, expected: list[tuple[str, str]]) -> None:
    assert [(rule, severity) for rule, severity, _ in found(tmp_path, "main.tf", PROVIDER % key)] == expected


def test_a_user_name_beside_a_password_is_no_password(tmp_path: Path) -> None:
    text = """
Parameters:
  JoinUser: {Type: String}
  JoinPassword: {Type: String%s}
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      SecretString: !Sub '{"user": "${JoinUser}", "password": "${JoinPassword}"}'
"""
    assert found(tmp_path, "good.yaml", text % ", NoEcho: true") == []
    assert [rule for rule, _, _ in found(tmp_path, "bad.yaml", text % "")] == ["password-in-clear"]


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("oidc.circleci.com/org/3d5f", []),
        ("token.actions.githubusercontent.com", ["oidc-without-subject"]),
    ],
)
def test_an_audience_that_names_the_tenant(tmp_path: Path, provider: str, expected: list[str]) -> None:
    text = policy(
        f"""{{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {{"Federated": "arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"}},
        "Condition": {{"StringEquals": {{"{provider}:aud": "3d5f"}}}}}}"""
    )
    assert [rule for rule, _, _ in found(tmp_path, "trust.json", text)] == expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("aud", "sts.amazonaws.com", [("oidc-without-subject", "high")]),
        ("sub", "system:serviceaccount:shop:web", []),
        # Of a provider that nobody knows this may be the tenant.
        ("aud", "3d5f", []),
    ],
)
def test_a_provider_of_which_only_the_claims_are_known(
    tmp_path: Path, key: str, value: str, expected: list[tuple[str, str]]
) -> None:
    terraform = f"""
variable "issuer" {{}}
resource "aws_iam_openid_connect_provider" "cluster" {{
  client_id_list = ["sts.amazonaws.com"]
  url            = var.issuer
}}
data "aws_iam_policy_document" "trust" {{
  statement {{
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {{
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.cluster.arn]
    }}
    condition {{
      test     = "StringEquals"
      variable = "${{replace(aws_iam_openid_connect_provider.cluster.url, "https://", "")}}:{key}"
      values   = ["{value}"]
    }}
  }}
}}
resource "aws_iam_role" "pod" {{
  assume_role_policy = data.aws_iam_policy_document.trust.json
}}
"""
    told = [(rule, severity) for rule, severity, _ in found(tmp_path, "main.tf", terraform)]
    assert [one for one in told if one[0] == "oidc-without-subject"] == expected


@pytest.mark.parametrize(
    ("principal", "told"),
    [
        ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'", True),
        ("!Ref AWS::AccountId", True),
        ("'111122223333'", True),
        ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:user/ann'", True),
        ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ci'", False),
        ("!Ref Account", False),
    ],
)
def test_people_of_an_account_however_it_is_written(tmp_path: Path, principal: str, told: bool) -> None:
    text = f"""
Parameters:
  Account: {{Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
        - Effect: Allow
          Principal: {{AWS: {principal}}}
          Action: sts:AssumeRole
"""
    rules = [rule for rule, _, _ in found(tmp_path, "t.yaml", text)]
    assert bool({"assume-role-without-mfa", "cross-account-without-external-id"}.intersection(rules)) is told


def test_what_a_resource_makes_up_is_flagged_where_it_is_referred_to(tmp_path: Path) -> None:
    text = """
resource "aws_iam_user" "ann" {
  name = "ann"
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.ann.arn]
    }
  }
}
resource "aws_iam_role" "support" {
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"""
    assert found(tmp_path, "main.tf", text) == [("assume-role-without-mfa", "medium", "aws_iam_user.ann.arn")]


SEARCH = """
resource "aws_opensearch_domain" "d" {{
  domain_name     = "d"
  access_policies = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Principal = "*", Action = "es:ESHttpGet", Resource = "*" }}]
  }})
{more}
}}
"""
SEARCH_TEMPLATE = """
Resources:
  D:
    Type: AWS::OpenSearchService::Domain
    Properties:
      AccessPolicies:
        Version: "2012-10-17"
        Statement:
        - {Effect: Allow, Principal: "*", Action: "es:ESHttpGet", Resource: "*"}
"""


def test_a_search_domain_in_a_vpc_is_open_to_its_network_only(tmp_path: Path) -> None:
    open_to_all = SEARCH.format(more="")
    in_vpc = SEARCH.format(more='  vpc_options {\n    subnet_ids = ["subnet-1"]\n  }')
    assert found(tmp_path, "main.tf", open_to_all) == [("public-resource-policy", "critical", '"*"')]
    assert found(tmp_path, "main.tf", in_vpc) == [("public-resource-policy", "medium", '"*"')]
    more = "      VPCOptions:\n        SubnetIds: [subnet-1]\n"
    assert found(tmp_path, "d.yaml", SEARCH_TEMPLATE)[0][1] == "critical"
    assert found(tmp_path, "d.yaml", SEARCH_TEMPLATE + more)[0][1] == "medium"


def test_an_open_url_of_a_sam_function_is_one_finding(tmp_path: Path) -> None:
    text = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hook:
    Type: AWS::Serverless::Function
    Properties:
      Role: arn:aws:iam::111122223333:role/hook
      FunctionUrlConfig:
        AuthType: NONE
"""
    assert found(tmp_path, "template.yaml", text) == [("public-function-url", "high", "NONE")]


def test_a_new_bucket_without_a_public_access_block_has_one(tmp_path: Path) -> None:
    text = """
resource "aws_s3_bucket" "data" {
  bucket = "example-data"
}
"""
    assert found(tmp_path, "main.tf", text) == []


@pytest.mark.parametrize(
    ("resource", "severity"),
    [("*", "medium"), ("arn:aws:s3:::*", "medium"), ("arn:aws:s3:::app", "low"), ("arn:aws:s3:::app*", "low")],
)
def test_all_of_a_service_on_some_or_all_of_it(tmp_path: Path, resource: str, severity: str) -> None:
    text = policy(f'{{"Effect": "Allow", "Action": "s3:*", "Resource": "{resource}"}}')
    assert found(tmp_path, "p.json", text) == [("service-wildcard", severity, '"s3:*"')]


@pytest.mark.parametrize(
    ("actions", "severity"),
    [
        ('"eks:DescribeCluster"', "low"),
        ('["eks:DescribeCluster", "eks:ListAccessEntries", "elasticfilesystem:Describe*"]', "low"),
        ('["eks:DescribeCluster", "xray:PutTraceSegments"]', "low"),
        ('["eks:DescribeCluster", "eks:DeleteCluster"]', "medium"),
        ('"s3:GetObject"', "medium"),
        ('"dynamodb:*Item*"', "medium"),
        ('"kms:GenerateDataKey"', "medium"),
    ],
)
def test_looking_at_every_resource_is_less_than_acting_on_it(tmp_path: Path, actions: str, severity: str) -> None:
    text = policy(f'{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}')
    assert found(tmp_path, "p.json", text) == [("wildcard-resource", severity, '"*"')]


def test_a_spelled_out_describe_needs_its_star_as_much_as_the_pattern(tmp_path: Path) -> None:
    actions = '["ec2:DescribeInstances", "ec2:DescribeVpcs", "ec2:DescribeVolumes", "ec2:DescribeFleetHistory"'
    statement = '{{"Effect": "Allow", "Action": {}], "Resource": "*"}}'
    assert found(tmp_path, "p.json", policy(statement.format(actions))) == []
    with_a_change = policy(statement.format(f'{actions}, "ec2:DeleteVolume"'))
    assert found(tmp_path, "p.json", with_a_change) == [("wildcard-resource", "medium", '"*"')]


@pytest.mark.parametrize(("endpoint", "expected"), [("enabled", ["instance-without-role"]), ("disabled", [])])
def test_an_instance_without_metadata_could_not_use_a_role(tmp_path: Path, endpoint: str, expected: list[str]) -> None:
    text = f"""
resource "aws_instance" "plain" {{
  ami           = "ami-1"
  instance_type = "m5.large"
  metadata_options {{
    http_endpoint = "{endpoint}"
    http_tokens   = "required"
  }}
}}
"""
    assert [rule for rule, _, _ in found(tmp_path, "main.tf", text)] == expected


def test_every_bucket_and_every_object_are_told_once(tmp_path: Path) -> None:
    text = policy('{"Effect": "Allow", "Action": "s3:PutObject", "Resource": ["arn:aws:s3:::*/*", "arn:aws:s3:::*"]}')
    assert found(tmp_path, "p.json", text) == [
        ("redundant-resource", "low", '"arn:aws:s3:::*/*"'),
        ("wildcard-resource", "medium", '"arn:aws:s3:::*"'),
    ]


@pytest.mark.parametrize(("action", "severity"), [("ssmmessages:*", "low"), ("dynamodb:*", "medium")])
def test_all_of_a_service_without_resources_of_its_own(tmp_path: Path, action: str, severity: str) -> None:
    text = policy(f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}')
    assert found(tmp_path, "p.json", text) == [("service-wildcard", severity, f'"{action}"')]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("IamInstanceProfile: web", [("instance-metadata-v1", "medium")]),
        ("ImageId: ami-1", [("instance-metadata-v1", "low"), ("instance-without-role", "medium")]),
        ("IamInstanceProfile: web, MetadataOptions: {HttpTokens: required}", []),
        ("LaunchTemplate: {LaunchTemplateId: lt-1, Version: 1}", []),
        (
            "LaunchTemplate: {LaunchTemplateId: lt-1, Version: 1}, MetadataOptions: {HttpTokens: optional}",
            [("instance-metadata-v1", "medium")],
        ),
    ],
)
def test_metadata_of_a_cloudformation_instance(
    tmp_path: Path, properties: str, expected: list[tuple[str, str]]
) -> None:
    text = f"Resources: {{Web: {{Type: 'AWS::EC2::Instance', Properties: {{{properties}}}}}}}\n"
    assert sorted(answer[:2] for answer in found(tmp_path, "t.yaml", text)) == expected


def queue(principal: str, source: str) -> str:
    return policy(
        f'{{"Effect": "Allow", "Principal": {principal}, "Action": "sqs:SendMessage",'
        f' "Resource": "arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs",'
        f' "Condition": {{"ArnEquals": {{"aws:SourceArn": {source}}}}}}}'
    )


def test_a_queue_for_topics_by_their_arns(tmp_path: Path) -> None:
    topics = f'["arn:aws:sns:eu-west-1:{ACCOUNT}:events", "arn:aws:sns:eu-west-1:{ACCOUNT}:audit"]'
    assert found(tmp_path, "queue.json", queue('{"AWS": "*"}', topics)) == []


def test_a_queue_for_a_bucket_by_its_arn_alone(tmp_path: Path) -> None:
    text = queue('"*"', '"arn:aws:s3:::uploads"')
    assert found(tmp_path, "queue.json", text) == [("confused-deputy", "medium", '"arn:aws:s3:::uploads"')]


@pytest.mark.parametrize(("count", "severities"), [(150, []), (162, []), (190, ["high"])])
def test_a_managed_policy_counts_without_white_space(tmp_path: Path, count: int, severities: list[str]) -> None:
    listed = ",\n            ".join(f'"arn:aws:s3:::bucket-{i:03d}-archive/*"' for i in range(count))
    document = policy(f'{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [{listed}]}}')
    text = (
        '{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ' + document + "}}}}"
    )
    assert len(document) > 6144
    assert [(rule, level) for rule, level, _ in found(tmp_path, "template.json", text)] == [
        ("policy-too-large", level) for level in severities
    ]


@pytest.mark.parametrize("granted", ["iam:*", "*", "ec2:*"])
def test_an_allow_that_is_denied_as_a_whole_grants_nothing_that_is_too_wide(tmp_path: Path, granted: str) -> None:
    wide = f'{{"Effect": "Allow", "Action": "{granted}", "Resource": "*"}}'
    sealed = f'{{"Effect": "Deny", "Action": "{granted}", "Resource": "*"}}'
    assert [rule for rule, _, _ in found(tmp_path, "denied.json", policy(wide, sealed))] == ["always-denied-allow"]
    open_ = sealed.replace('"Resource"', '"Condition": {"Bool": {"aws:SecureTransport": "false"}}, "Resource"')
    assert [rule for rule, _, _ in found(tmp_path, "open.json", policy(wide, open_))] in (
        ["service-wildcard"], ["admin-access"],
    )  # fmt: skip


def test_a_condition_beside_every_role_is_one_problem(tmp_path: Path) -> None:
    scoped = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "arn:aws:iam::111122223333:role/task",
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    }
    every = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [scoped, every]}, indent=1)
    assert [(rule, severity) for rule, severity, _ in found(tmp_path, "p.json", document)] == [
        ("pass-role-any-role", "high")
    ]
