"""Two states of infrastructure compared: identities as wholes, matched by address, name or content."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from iamlint.diff import Request, State, difference
from iamlint.parsers.stacks import Inputs
from iamlint.report.difference import Difference

TRUST = 'assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })'  # noqa: E501
ROLE = f'resource "aws_iam_role" "app" {{\n  name = "app"\n  {TRUST}\n}}\n'


def statement(action: str, resource: str = "*", effect: str = "Allow") -> str:
    return f'{{ Effect = "{effect}", Action = "{action}", Resource = "{resource}" }}'


def document(*statements: str) -> str:
    return f'jsonencode({{ Version = "2012-10-17", Statement = [{", ".join(statements)}] }})'


def inline(*statements: str, name: str = "p") -> str:
    return (
        f'resource "aws_iam_role_policy" "{name}" {{\n  role = aws_iam_role.app.id\n'
        f"  policy = {document(*statements)}\n}}\n"
    )


def managed(*statements: str, name: str = "m", attached: bool = True) -> str:
    text = f'resource "aws_iam_policy" "{name}" {{\n  name = "{name}"\n  policy = {document(*statements)}\n}}\n'
    if attached:
        text += (
            f'resource "aws_iam_role_policy_attachment" "{name}" {{\n  role = aws_iam_role.app.name\n'
            f"  policy_arn = aws_iam_policy.{name}.arn\n}}\n"
        )
    return text


@pytest.fixture
def compare(tmp_path: Path) -> object:
    def compared(old: str, new: str, suffix: str = "main.tf") -> Difference:
        states = []
        for name, text in (("old", old), ("new", new)):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / suffix).write_text(dedent(text))
            states.append(State(Inputs((str(tmp_path / name),)), str(tmp_path / name), False))
        return difference(Request(states[1], states[0], with_removed=True))

    return compared


def said(answer: Difference) -> list[tuple[str, tuple[str, ...]]]:
    return [(grant.holders[0], grant.actions) for grant in answer.new]


def test_moving_a_statement_between_policies_of_a_role_grants_nothing(compare) -> None:  # type: ignore[no-untyped-def]
    one, other = statement("s3:GetObject"), statement("sqs:SendMessage")
    answer = compare(ROLE + inline(one, other), ROLE + inline(one) + managed(other))
    assert (answer.result, answer.new, answer.removed) == ("pass", [], [])


def test_an_attached_policy_counts_in_the_role(compare) -> None:  # type: ignore[no-untyped-def]
    answer = compare(ROLE + managed(statement("s3:GetObject")), ROLE + managed(statement("s3:PutObject")))
    assert said(answer) == [("role app", ("s3:PutObject",))]
    assert not answer.added


def test_attaching_what_stood_there_is_new_and_detaching_is_not(compare) -> None:  # type: ignore[no-untyped-def]
    loose = ROLE + managed(statement("s3:GetObject"), attached=False)
    attached = ROLE + managed(statement("s3:GetObject"))
    assert said(compare(loose, attached)) == [("role app", ("s3:GetObject",))]
    gone = compare(attached, loose)
    assert (gone.result, [grant.actions for grant in gone.removed or ()]) == ("pass", [("s3:GetObject",)])


def test_a_deny_elsewhere_in_the_role_counts(compare) -> None:  # type: ignore[no-untyped-def]
    deny = managed(statement("iam:*", effect="Deny"))
    wide = inline(statement("*"))
    answer = compare(ROLE + wide + deny, ROLE + wide)
    assert answer.result == "fail"
    assert all(action.startswith("iam:") for grant in answer.new for action in grant.actions)
    assert answer.new[0].because.startswith("denied by statement 1")
    assert compare(ROLE + deny, ROLE + inline(statement("iam:CreateUser")) + deny).result == "pass"


def test_a_boundary_counts(compare) -> None:  # type: ignore[no-untyped-def]
    bounded = ROLE.replace("{\n", "{\n  permissions_boundary = aws_iam_policy.m.arn\n", 1)
    boundary = managed(statement("s3:*"), attached=False)
    wide = inline(statement("s3:*"), statement("ec2:StopInstances"))
    assert compare(bounded + boundary, bounded + boundary + wide).new[0].actions == ("s3:*",)
    removed = compare(bounded + boundary + wide, ROLE + boundary + wide)
    assert [grant.actions for grant in removed.new] == [("ec2:StopInstances",)]
    assert removed.new[0].because.startswith("stopped by the permissions boundary arn:")


def test_a_boundary_that_is_not_in_the_code_stays_what_it_is(compare) -> None:  # type: ignore[no-untyped-def]
    arn = "arn:aws:iam::111122223333:policy/bound"
    bounded = ROLE.replace("{\n", f'{{\n  permissions_boundary = "{arn}"\n', 1)
    answer = compare(bounded, bounded + inline(statement("s3:GetObject")))
    assert said(answer) == [("role app", ("s3:GetObject",))]
    assert any(arn in text for text in answer.assumptions)
    assert (
        compare(bounded + inline(statement("s3:GetObject")), ROLE + inline(statement("s3:GetObject"))).result != "pass"
    )


def test_a_role_under_another_address_is_the_same_role(compare) -> None:  # type: ignore[no-untyped-def]
    old = ROLE + inline(statement("s3:GetObject"))
    new = old.replace("aws_iam_role.app", "aws_iam_role.worker").replace(
        '"aws_iam_role" "app"', '"aws_iam_role" "worker"'
    )
    answer = compare(old, new)
    assert (answer.result, answer.added, answer.gone) == ("pass", [], [])
    assert [party.formerly for party in answer.renamed if party.kind == "role"] == ["aws_iam_role.app"]


def test_a_role_that_is_new_or_gone(compare) -> None:  # type: ignore[no-untyped-def]
    role = ROLE + inline(statement("s3:GetObject"))
    answer = compare("", role)
    assert [party.label for party in answer.added] == ["role app"]
    assert said(answer) == [("trust policy of role app", ("sts:AssumeRole",)), ("role app", ("s3:GetObject",))]
    answer = compare(role, "")
    assert (answer.result, [party.label for party in answer.gone]) == ("pass", ["role app"])


def test_an_expression_written_alike_is_the_same(compare) -> None:  # type: ignore[no-untyped-def]
    variable = 'variable "bucket" {}\n'
    one = statement("s3:GetObject", "arn:aws:s3:::${var.bucket}/*")
    assert compare(variable + ROLE + inline(one), variable + ROLE + inline(one, name="q")).result == "pass"
    other = statement("s3:GetObject", "arn:aws:s3:::${var.bucket}-logs/*")
    answer = compare(variable + ROLE + inline(one), variable + ROLE + inline(other))
    assert (answer.result, answer.new[0].resources) == ("fail", ("arn:aws:s3:::${var.bucket}-logs/*",))
    assert answer.new[0].witness.fillings.keys() == {"${var.bucket}"}


def test_a_resource_under_another_address_has_the_same_arn(compare) -> None:  # type: ignore[no-untyped-def]
    def state(name: str) -> str:
        bucket = f'variable "env" {{}}\nresource "aws_s3_bucket" "{name}" {{ bucket = "data-${{var.env}}" }}\n'
        return bucket + ROLE + inline(statement("s3:GetObject", f"${{aws_s3_bucket.{name}.arn}}/*"))

    assert compare(state("a"), state("b")).result == "pass"


def test_a_group_gives_its_users_what_it_has_once(compare) -> None:  # type: ignore[no-untyped-def]
    def state(action: str) -> str:
        return (
            'resource "aws_iam_group" "g" { name = "g" }\nresource "aws_iam_user" "u" { name = "u" }\n'
            'resource "aws_iam_user_group_membership" "m" {\n  user = aws_iam_user.u.name\n'
            "  groups = [aws_iam_group.g.name]\n}\n"
            'resource "aws_iam_group_policy" "p" {\n  group = aws_iam_group.g.name\n'
            f"  policy = {document(statement(action))}\n}}\n"
        )

    (grant,) = compare(state("s3:GetObject"), state("s3:PutObject")).new
    assert set(grant.holders) == {"group g", "user u"}


def test_an_aws_managed_policy_is_what_it_grants(compare) -> None:  # type: ignore[no-untyped-def]
    def state(name: str) -> str:
        return ROLE + (
            'resource "aws_iam_role_policy_attachment" "a" {\n  role = aws_iam_role.app.name\n'
            f'  policy_arn = "arn:aws:iam::aws:policy/{name}"\n}}\n'
        )

    answer = compare(state("AmazonS3FullAccess"), state("AmazonS3ReadOnlyAccess"))
    assert answer.result == "pass"
    answer = compare(state("AmazonS3ReadOnlyAccess"), state("AmazonS3FullAccess"))
    assert answer.new[0].policy == "AWS managed policy AmazonS3FullAccess"


def test_an_scp_that_denies_less_allows_more(compare) -> None:  # type: ignore[no-untyped-def]
    def state(*actions: str) -> str:
        denies = (statement(action, effect="Deny") for action in actions)
        return (
            'resource "aws_organizations_policy" "guard" {\n  name = "guard"\n  type = "SERVICE_CONTROL_POLICY"\n'
            f"  content = {document(*denies)}\n}}\n"
        )

    answer = compare(state("iam:CreateUser", "iam:DeleteUser"), state("iam:CreateUser"))
    assert [grant.actions for grant in answer.new] == [("iam:DeleteUser",)]
    assert compare(state("iam:CreateUser"), state("iam:CreateUser", "iam:DeleteUser")).result == "pass"


def test_branches_of_a_template(compare) -> None:  # type: ignore[no-untyped-def]
    template = """
        Parameters:
          Stage: {Type: String}
        Conditions:
          IsProd: !Equals [!Ref Stage, prod]
        Resources:
          Policy:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Action: !If [IsProd, %s, s3:GetObject]
                    Resource: "*"
        """
    assert compare(template % "s3:PutObject", template % "s3:PutObject", "t.yaml").result == "pass"
    (grant,) = compare(template % "s3:PutObject", template % "s3:DeleteObject", "t.yaml").new
    assert (grant.actions, grant.when) == (("s3:DeleteObject",), "when IsProd")


def test_a_file_that_cannot_be_read_is_not_passed_over(compare) -> None:  # type: ignore[no-untyped-def]
    good = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    answer = compare(good, good[:-4], "p.json")
    assert answer.result == "unknown"
    assert "cannot be read" in answer.unknown[0].reason


def test_a_file_that_cannot_be_read_before_or_after_is_the_same(compare) -> None:  # type: ignore[no-untyped-def]
    good = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    answer = compare(good[:-4], good[:-4], "p.json")
    assert answer.result == "pass"
    assert any("p.json cannot be read" in text for text in answer.assumptions)
