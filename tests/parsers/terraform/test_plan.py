"""Plans and states as `terraform show -json` prints them become stacks."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamlint.model.account import FileProblem
from iamlint.model.compute import Instance
from iamlint.model.identity import Attachment, User
from iamlint.model.policy import Policy
from iamlint.model.secret import Output, Secret
from iamlint.model.stack import Stack
from iamlint.model.unknown import Unknown
from iamlint.parsers.stacks import Inputs, Reading, stacks

Json = dict[str, Any]
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
KEY = "AKIAQ3EGRJ5TWN2HV6PZ"


def resource(address: str, values: Json, **more: Any) -> Json:
    """A resource of `planned_values`, told apart by its address."""
    local = address.rpartition("]." if "]." in address else ".module.")[2] if "module." in address else address
    local = local.removeprefix("module.")
    steps = local.partition("[")[0].split(".")
    mode = "data" if steps[0] == "data" else "managed"
    kind, name = steps[-2:]
    index: Json = {}
    if local.endswith("]"):
        index = {"index": json.loads(local.partition("[")[2][:-1])}
    return {
        "address": address, "mode": mode, "type": kind, "name": name, **index,
        "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": values,
        "sensitive_values": {}, **more,
    }  # fmt: skip


def change(address: str, *actions: str, unknown: Json | None = None, **more: Any) -> Json:
    inner = {"actions": list(actions or ("create",)), "before": None, "after": {}, "after_unknown": unknown or {}}
    return {"address": address, "change": inner, **more}


def configured(address: str, **expressions: Any) -> Json:
    node = resource(address, {})
    return {key: node[key] for key in ("address", "mode", "type", "name")} | {"expressions": expressions}


def refers(*references: str) -> Json:
    return {"references": list(references)}


def plan(*resources: Json, **more: Any) -> Json:
    changes, configuration = more.pop("changes", []), more.pop("configuration", [])
    root = {"resources": list(resources), **({"child_modules": more.pop("modules")} if "modules" in more else {})}
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": root},
        "resource_changes": changes,
        "configuration": {
            "root_module": {"resources": configuration, **more.pop("root", {})},
            **more.pop("config", {}),
        },
        **more,
    }


Read = Callable[..., Stack]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """The stack of a plan, with other files beside it."""
    monkeypatch.chdir(tmp_path)

    def made(content: Json | str, **files: str) -> Stack:
        for name, text in files.items():
            Path(name.replace("_", ".")).write_text(text, encoding="utf-8")
        text = content if isinstance(content, str) else json.dumps(content)
        Path("plan.json").write_text(text, encoding="utf-8")
        (stack,) = stacks(Reading(Inputs(("plan.json",))))
        return stack

    return made


def only(stack: Stack, kind: str) -> Any:
    (thing,) = stack.of_kind(kind)
    return thing


def policies(stack: Stack) -> dict[str, Policy]:
    return {policy.address: policy for policy in stack.policies}


def actions(policy: Policy) -> list[str]:
    return [str(action) for statement in policy.statements for action in statement.actions]


def test_a_policy_is_read_in_place(read: Read) -> None:
    stack = read(plan(resource("aws_iam_policy.p", {"name": "p", "policy": ALL})))
    policy = only(stack, "policy")
    (action,) = policy.statements[0].actions
    assert (policy.address, policy.kind, policy.attachment) == ("aws_iam_policy.p", "unattached", "managed")
    assert action.place.span.path == "plan.json"
    source = action.place.source
    first, _ = source.outer_range(action.place.start, action.place.end)
    assert source.outer.text[first : first + 5] == '\\"*\\"'
    assert policy.place.written == '"aws_iam_policy.p"'


def test_what_looks_like_a_template_in_a_value_is_none(read: Read) -> None:
    document = ALL.replace('"*"}', '"arn:aws:s3:::b/${aws:username}/%{if"}')
    policy = only(read(plan(resource("aws_iam_policy.p", {"policy": document}))), "policy")
    (found,) = policy.statements[0].resources
    assert found.literal == "arn:aws:s3:::b/${aws:username}/%{if"


def test_addresses_of_modules_with_keys(read: Read) -> None:
    modules = [
        {
            "address": 'module.net["a.b"]',
            "resources": [resource('module.net["a.b"].aws_iam_user.u[0]', {"name": "u"})],
            "child_modules": [
                {
                    "address": 'module.net["a.b"].module.in[1]',
                    "resources": [
                        resource('module.net["a.b"].module.in[1].aws_iam_user.v["k"]', {"name": "v"}),
                    ],
                }
            ],
        }
    ]
    stack = read(plan(modules=modules))
    found = sorted(user.address for user in stack.things if isinstance(user, User))
    assert found == ['module.net["a.b"].aws_iam_user.u[0]', 'module.net["a.b"].module.in[1].aws_iam_user.v["k"]']


def test_what_is_deleted_is_not_there_and_what_stays_is(read: Read) -> None:
    stack = read(
        plan(
            resource("aws_iam_user.gone", {"name": "gone"}),
            resource("aws_iam_user.stays", {"name": "stays"}),
            resource("aws_iam_user.made_anew", {"name": "anew"}),
            changes=[
                change("aws_iam_user.gone", "delete"),
                change("aws_iam_user.stays", "no-op"),
                change("aws_iam_user.made_anew", "delete", "create"),
                change("aws_iam_user.stays", "delete", deposed="1a2b3c4d"),
            ],
        )
    )
    assert [user.address for user in stack.of_kind("user")] == ["aws_iam_user.stays", "aws_iam_user.made_anew"]


def test_an_unknown_role_is_found_by_its_reference(read: Read) -> None:
    stack = read(
        plan(
            resource("aws_iam_role.r", {"name_prefix": "app-"}),
            resource("aws_iam_role_policy.p", {"policy": ALL}),
            changes=[change("aws_iam_role_policy.p", unknown={"id": True, "role": True})],
            configuration=[
                configured("aws_iam_role.r", name_prefix={"constant_value": "app-"}),
                configured("aws_iam_role_policy.p", role=refers("aws_iam_role.r.id", "aws_iam_role.r"), policy={}),
            ],
        )
    )
    assert [(h.kind, h.address) for h in policies(stack)["aws_iam_role_policy.p"].holders] == [
        ("role", "aws_iam_role.r")
    ]


def test_a_reference_by_each_key_is_to_the_same_instance(read: Read) -> None:
    keys = ("a", "b")
    stack = read(
        plan(
            *(resource(f'aws_iam_role.r["{key}"]', {"name_prefix": "x"}) for key in keys),
            *(resource(f'aws_iam_role_policy.p["{key}"]', {"policy": ALL}) for key in keys),
            changes=[change(f'aws_iam_role_policy.p["{key}"]', unknown={"role": True}) for key in keys],
            configuration=[
                configured("aws_iam_role_policy.p", role=refers("aws_iam_role.r", "each.key"), policy={}),
                configured("aws_iam_role.r", name_prefix={"constant_value": "x"}),
            ],
        )
    )
    held = {address: policy.holders[0].address for address, policy in policies(stack).items()}
    assert held == {f'aws_iam_role_policy.p["{key}"]': f'aws_iam_role.r["{key}"]' for key in keys}


def test_references_through_variables_and_outputs_of_modules(read: Read) -> None:
    stack = read(
        plan(
            resource("aws_iam_user_policy_attachment.a", {}),
            modules=[
                {"address": "module.user", "resources": [resource("module.user.aws_iam_user.u[0]", {})]},
                {
                    "address": "module.policy",
                    "resources": [resource("module.policy.aws_iam_policy.p", {"policy": ALL})],
                },
                {
                    "address": "module.give",
                    "resources": [resource("module.give.aws_iam_user_policy.p", {"policy": ALL})],
                },
            ],
            changes=[
                change("aws_iam_user_policy_attachment.a", unknown={"user": True, "policy_arn": True}),
                change("module.give.aws_iam_user_policy.p", unknown={"user": True}),
            ],
            configuration=[
                configured(
                    "aws_iam_user_policy_attachment.a",
                    user=refers("module.user.name", "module.user"),
                    policy_arn=refers("module.policy.arn", "module.policy"),
                )
            ],
            root={
                "module_calls": {
                    "user": {
                        "source": "./user",
                        "module": {
                            "outputs": {"name": {"expression": refers("aws_iam_user.u[0].name", "aws_iam_user.u[0]")}}
                        },
                    },
                    "policy": {
                        "source": "./policy",
                        "module": {
                            "outputs": {"arn": {"expression": refers("aws_iam_policy.p.arn", "aws_iam_policy.p")}}
                        },
                    },
                    "give": {
                        "source": "./give",
                        "expressions": {"to": refers("module.user.name", "module.user")},
                        "module": {
                            "resources": [configured("aws_iam_user_policy.p", user=refers("var.to"), policy={})]
                        },
                    },
                }
            },
        )
    )
    found = policies(stack)
    holders = {address: [holder.address for holder in policy.holders] for address, policy in found.items()}
    user = "module.user.aws_iam_user.u[0]"
    assert holders == {"module.policy.aws_iam_policy.p": [user], "module.give.aws_iam_user_policy.p": [user]}


def test_an_expression_with_more_than_a_reference_is_unknown(read: Read) -> None:
    document = {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}
    stack = read(
        plan(
            resource("aws_s3_bucket.b", {"bucket": "b"}),
            resource("aws_iam_policy.p", {"name": "p"}),
            changes=[change("aws_iam_policy.p", unknown={"policy": True})],
            configuration=[configured("aws_iam_policy.p", policy=document)],
        )
    )
    policy = only(stack, "policy")
    assert policy.unresolved is not None
    assert policy.unresolved.reason == "known after apply"
    assert policy.unresolved.written == "aws_s3_bucket.b.arn"


def test_a_document_that_is_read_during_apply(read: Read) -> None:
    statement = {"actions": ["s3:*"], "effect": None, "resources": [None, "arn:aws:s3:::b"], "sid": None}
    stack = read(
        plan(
            resource("data.aws_iam_policy_document.d", {"statement": [statement], "version": None}),
            resource("aws_iam_policy.p", {}),
            changes=[
                change(
                    "data.aws_iam_policy_document.d",
                    "read",
                    unknown={"json": True, "statement": [{"actions": [False], "resources": [True, False]}]},
                ),
                change("aws_iam_policy.p", unknown={"policy": True}),
            ],
            configuration=[
                configured(
                    "aws_iam_policy.p",
                    policy=refers("data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"),
                ),
                configured(
                    "data.aws_iam_policy_document.d",
                    statement=[{"actions": {"constant_value": ["s3:*"]}, "resources": refers("aws_s3_bucket.x.arn")}],
                ),
            ],
        )
    )
    policy = policies(stack)["aws_iam_policy.p"]
    assert actions(policy) == ["s3:*"]
    first, second = policy.statements[0].resources
    assert first.hole is not None
    assert first.hole.reason == "known after apply"
    assert second.literal == "arn:aws:s3:::b"


def test_a_document_that_was_read_before_the_plan_stands_in_the_prior_state(read: Read) -> None:
    data = resource("data.aws_iam_policy_document.d", {"json": ALL, "statement": [{"actions": ["*"]}]})
    stack = read(
        plan(
            resource("aws_iam_user_policy.p", {"user": "u"}),
            changes=[change("aws_iam_user_policy.p", unknown={"policy": True})],
            configuration=[configured("aws_iam_user_policy.p", policy=refers("data.aws_iam_policy_document.d.json"))],
            prior_state={
                "format_version": "1.0",
                "values": {"root_module": {"resources": [data, resource("aws_iam_user.old", {"name": "o"})]}},
            },
        )
    )
    # The planned policy is not known, so more is done to the document than to hand it over.
    assert only(stack, "policy").unresolved is not None
    assert not stack.of_kind("user")


def test_what_the_provider_fills_in_is_not_written(read: Read) -> None:
    values = {"ami": "ami-1", "iam_instance_profile": "", "metadata_options": []}
    stack = read(
        plan(
            resource("aws_instance.i", values),
            resource("aws_s3_bucket.b", {"bucket": "b", "policy": ALL}),
            changes=[change("aws_instance.i", unknown={"user_data": True, "private_ip": True})],
            configuration=[
                configured("aws_instance.i", ami={"constant_value": "ami-1"}),
                configured("aws_s3_bucket.b", bucket={"constant_value": "b"}),
            ],
        )
    )
    instance = only(stack, "instance")
    assert isinstance(instance, Instance)
    assert instance.profile.is_absent
    assert not stack.of_kind("policy")


def test_a_profile_that_is_known_after_apply_is_there(read: Read) -> None:
    stack = read(
        plan(
            resource("aws_instance.i", {"ami": "ami-1"}),
            changes=[change("aws_instance.i", unknown={"iam_instance_profile": True})],
            configuration=[
                configured("aws_instance.i", iam_instance_profile=refers("aws_iam_instance_profile.p.name"))
            ],
        )
    )
    assert not only(stack, "instance").profile.is_absent


def test_a_sensitive_password_is_found_and_not_shown(read: Read) -> None:
    secret = "Tr0ub4dor-and-3"
    database = resource("aws_db_instance.d", {"password": secret}, sensitive_values={"password": True})
    found = only(read(plan(database)), "secret")
    assert isinstance(found, Secret)
    assert secret[:4] not in found.hint
    assert found.place.written == f'"{secret}"'


def test_a_sensitive_policy_shows_what_it_does_but_not_what_it_names(read: Read) -> None:
    document = json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::hidden", "*"]}]}
    )
    held = resource("aws_iam_user_policy.p", {"user": "u", "policy": document}, sensitive_values={"policy": True})
    policy = only(read(plan(held)), "policy")
    assert actions(policy) == ["s3:*"]
    assert [str(item) for item in policy.statements[0].resources] == ["${sensitive value}", "*"]


@pytest.mark.parametrize(
    ("kind", "values", "sensitive"),
    [
        (
            "aws_lambda_function",
            {"environment": [{"variables": {"DB_PASSWORD": "Tr0ub4dor-and-3"}}]},
            {"environment": [{"variables": {"DB_PASSWORD": True}}]},
        ),
        (
            "aws_ecs_task_definition",
            {
                "container_definitions": json.dumps(
                    [{"environment": [{"name": "DB_PASSWORD", "value": "Tr0ub4dor-and-3"}]}]
                )
            },
            {"container_definitions": True},
        ),
        ("aws_instance", {"user_data": f"export AWS_ACCESS_KEY_ID={KEY}"}, {"user_data": True}),
    ],
)
def test_sensitive_places_of_credentials(read: Read, kind: str, values: Json, sensitive: Json) -> None:
    secrets = read(plan(resource(f"{kind}.r", values, sensitive_values=sensitive))).of_kind("secret")
    assert [(s.hint, s.context != "text") for s in secrets if isinstance(s, Secret)] == [("a sensitive value", True)]


def test_a_credential_in_several_sections_is_told_once(read: Read) -> None:
    content = plan(
        resource("aws_ssm_parameter.p", {"value": KEY}),
        changes=[change("aws_ssm_parameter.p", after={"value": KEY})],
        variables={"key": {"value": KEY}},
    )
    secret = only(read(content), "secret")
    assert (secret.context, secret.place.written) == ("text", KEY)


def test_a_credential_in_a_sensitive_value_that_is_no_argument_of_ours(read: Read) -> None:
    parameter = resource("aws_ssm_parameter.p", {"value": KEY}, sensitive_values={"value": True})
    assert only(read(plan(parameter)), "secret").hint == "a sensitive value"


def test_literal_keys_of_providers(read: Read) -> None:
    config = {
        "provider_config": {
            "aws": {"name": "aws", "expressions": {"access_key": {"constant_value": KEY}, "region": refers("var.r")}},
            "aws.other": {"name": "aws", "alias": "other", "expressions": {"access_key": refers("var.key")}},
        }
    }
    stack = read(plan(config=config, variables={"key": {"value": "AKIAQ3EGRJ5TWN2HV6PQ"}}))
    found = [(s.context, s.address, s.place.written) for s in stack.of_kind("secret") if isinstance(s, Secret)]
    assert found == [
        ("provider", "provider.aws", f'"{KEY}"'),
        ("provider", "provider.aws", '"AKIAQ3EGRJ5TWN2HV6PQ"'),
    ]


def test_outputs_that_carry_a_secret(read: Read) -> None:
    expression = refers("aws_iam_access_key.k.secret", "aws_iam_access_key.k")
    outputs = {"open": {"expression": expression}, "closed": {"expression": expression, "sensitive": True}}
    stack = read(
        plan(
            resource("aws_iam_access_key.k", {"user": "ci"}),
            changes=[change("aws_iam_access_key.k", unknown={"secret": True, "id": True})],
            configuration=[configured("aws_iam_access_key.k", user={"constant_value": "ci"})],
            root={"outputs": outputs},
        )
    )
    found = {o.name: o.sensitive.value for o in stack.of_kind("output") if isinstance(o, Output)}
    assert found == {"open": False, "closed": True}


def test_a_state(read: Read) -> None:
    listed = [
        resource("aws_iam_user.u", {"name": "u", "arn": "arn:aws:iam::1:user/u", "permissions_boundary": ""}),
        resource("aws_iam_user_policy_attachment.a", {"user": "u", "policy_arn": "arn:aws:iam::aws:policy/x"}),
    ]
    content = {
        "format_version": "1.0",
        "terraform_version": "1.9.8",
        "values": {"outputs": {}, "root_module": {"resources": listed}},
    }
    attachment = only(read(content), "attachment")
    assert isinstance(attachment, Attachment)
    assert (attachment.holder, str(attachment.policy)) == ("u", "arn:aws:iam::aws:policy/x")


def test_a_state_tells_a_policy_of_two_resources_once(read: Read) -> None:
    role = {
        "name": "r",
        "inline_policy": [{"name": "p", "policy": ALL}],
        "managed_policy_arns": ["arn:aws:iam::aws:policy/x"],
    }
    listed = [
        resource("aws_iam_role.r", role),
        resource("aws_iam_role_policy.p", {"role": "r", "name": "p", "policy": ALL}),
        resource("aws_iam_role_policy_attachment.a", {"role": "r", "policy_arn": "arn:aws:iam::aws:policy/x"}),
        resource("aws_s3_bucket.b", {"bucket": "b", "policy": ALL}),
        resource("aws_s3_bucket_policy.b", {"bucket": "b", "policy": ALL}),
    ]
    stack = read({"format_version": "1.0", "values": {"root_module": {"resources": listed}}})
    assert sorted(policies(stack)) == ["aws_iam_role_policy.p", "aws_s3_bucket_policy.b"]
    assert only(stack, "attachment").address == "aws_iam_role_policy_attachment.a"


SOURCE = """
resource "aws_iam_user" "u" {
  name = var.name
}

variable "name" {}
"""


def test_the_source_beside_the_plan_is_a_related_place(read: Read) -> None:
    content = plan(
        resource("aws_iam_user.u", {"name": "u"}),
        configuration=[configured("aws_iam_user.u", name=refers("var.name"))],
    )
    (related,) = only(read(content, main_tf=SOURCE), "user").via
    assert (str(related.place.span), related.message) == ("main.tf:2:1", "declared here")


def test_other_files_beside_a_plan_are_not_its_source(read: Read) -> None:
    content = plan(
        resource("aws_iam_user.u", {"name": "u"}),
        configuration=[configured("aws_iam_user.u"), configured("aws_iam_user.other")],
    )
    assert only(read(content, main_tf=SOURCE), "user").via == ()


def test_a_plan_of_a_newer_format_is_said_to_be_unreadable(read: Read) -> None:
    content = plan(resource("aws_iam_user.u", {"name": "u"})) | {"format_version": "2.0"}
    problem = only(read(content), "problem")
    assert isinstance(problem, FileProblem)
    assert problem.is_unreadable


@pytest.mark.parametrize(
    "text",
    [
        '{"format_version": "1.0", "terraform_version": "1.9.8"}',
        '{"format_version": "1.0", "terraform_version": "1.9.8", "values": {}}',
        '{"format_version": 1, "planned_values": {}, "terraform_version": ""}',
        '{"format_version": "1.0", "terraform_version": "x", "provider_schemas": {}}',
    ],
)
def test_what_is_no_plan_is_silence(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    assert list(stacks(Reading(Inputs((str(tmp_path / "x.json"),))))) == []


FULL = plan(
    resource("aws_iam_role.r", {"name_prefix": "app-", "assume_role_policy": ALL}),
    resource("aws_iam_role_policy.p[0]", {"policy": ALL}, sensitive_values={"policy": True}),
    resource("aws_iam_group_membership.m", {"users": [None, "u"], "group": "g"}),
    resource("data.aws_iam_policy_document.d", {"statement": [{"actions": ["s3:*"], "resources": [None]}]}),
    resource("aws_instance.i", {"metadata_options": [{"http_tokens": "optional"}], "user_data": KEY}),
    modules=[{"address": 'module.m["a"]', "resources": [resource('module.m["a"].aws_iam_user.u', {"name": "u"})]}],
    changes=[
        change("aws_iam_role_policy.p[0]", unknown={"role": True}),
        change("aws_iam_group_membership.m", unknown={"users": [True, False]}),
        change("data.aws_iam_policy_document.d", "read", unknown={"json": True, "statement": [{"resources": [True]}]}),
    ],
    configuration=[
        configured("aws_iam_role_policy.p", role=refers("aws_iam_role.r", "count.index"), policy=refers("var.p")),
        configured("aws_iam_group_membership.m", users=refers('module.m["a"].n', "module.m")),
    ],
    root={
        "variables": {"p": {"sensitive": True}},
        "outputs": {"o": {"sensitive": True, "expression": refers("module.m", "var.p")}},
        "module_calls": {
            "m": {"expressions": {"x": refers("var.x")}, "module": {"outputs": {"n": {"expression": {}}}}}
        },
    },
    config={"provider_config": {"aws": {"name": "aws", "expressions": {"access_key": {"constant_value": KEY}}}}},
    variables={"p": {"value": ALL}, "x": {"value": [1]}},
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


PLACES = [place for place in _places(FULL) if len(place) > 1]
SCALARS = [None, True, False, 0, -1, 1e300, "", "*", "module.", "aws_iam_role.r[", 'module.m["', ALL, "${x}"]
SCALARS += ['module.m["\\q"]', f"module.m[{'9' * 5000}]", "data.aws_iam_policy_document.d.json", "var.p", "var.p[0].x"]
KEYS = ["references", "constant_value", "value", "values", "resources", "address", "policy", "a"]
ANYTHING = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=1, max_size=4))
def test_no_plan_makes_it_crash(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    content = copy.deepcopy(FULL)
    for path, replacement in changes:
        node: Any = content
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = replacement
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    reading = Reading(Inputs(("plan.json",), {"plan.json": json.dumps(content)}))
    for stack in stacks(reading):
        assert stack.root == "plan.json"


def test_a_resource_that_is_listed_twice_is_one(read: Read) -> None:
    data = resource("data.aws_iam_policy_document.d", {"statement": [{"actions": ["s3:*"]}]})
    stack = read(
        plan(
            data,
            resource("data.aws_iam_policy_document.d[0]", {"statement": [{"actions": ["ec2:*"]}]}),
            resource("aws_iam_policy.p", {}),
            changes=[change("aws_iam_policy.p", unknown={"policy": True})],
            configuration=[configured("aws_iam_policy.p", policy=refers("data.aws_iam_policy_document.d.json"))],
            prior_state={"values": {"root_module": {"resources": [data]}}},
        )
    )
    assert actions(only(stack, "policy")) == ["ec2:*"]


@pytest.mark.parametrize("listed", [{}, {"statement": [{"actions": refers("var.a"), "effect": refers("var.e")}]}])
def test_a_document_of_statements_that_are_not_known(read: Read, listed: Json) -> None:
    stack = read(
        plan(
            resource("data.aws_iam_policy_document.d", {"version": None}),
            resource("aws_iam_policy.p", {}),
            changes=[
                change("aws_iam_policy.p", unknown={"policy": True}),
                change("data.aws_iam_policy_document.d", "read", unknown={"json": True, "statement": True}),
            ],
            configuration=[
                configured("aws_iam_policy.p", policy=refers("data.aws_iam_policy_document.d.json")),
                configured("data.aws_iam_policy_document.d", **listed),
            ],
        )
    )
    policy = only(stack, "policy")
    assert policy.unresolved is not None or policy.statements[0].effect.hole is not None


def test_a_block_that_is_not_known_is_there(read: Read) -> None:
    stack = read(
        plan(
            resource("aws_instance.i", {"ami": "ami-1"}),
            changes=[change("aws_instance.i", unknown={"metadata_options": True, "credit_specification": True})],
            configuration=[configured("aws_instance.i", metadata_options=[{"http_tokens": refers("var.tokens")}])],
        )
    )
    tokens = only(stack, "instance").metadata_tokens
    assert tokens.declared
    assert isinstance(tokens.value, Unknown)


def test_rotation_that_only_the_source_tells_of(read: Read) -> None:
    source = """resource "aws_iam_access_key" "k" {
      user = "ci"
      lifecycle {
        replace_triggered_by = [time_rotating.r]
      }
    }
    """
    content = plan(
        resource("aws_iam_access_key.k", {"user": "ci"}),
        configuration=[configured("aws_iam_access_key.k", user={"constant_value": "ci"})],
    )
    assert not only(read(content), "access_key").rotation.declared
    assert only(read(content, main_tf=source), "access_key").rotation.declared


def test_documents_that_are_made_of_documents(read: Read) -> None:
    parts = [
        resource(f"data.aws_iam_policy_document.{name}", {"statement": [{"sid": name, "actions": [f"{name}:*"]}]})
        for name in ("s3", "ec2")
    ]
    references = [f"data.aws_iam_policy_document.{name}.json" for name in ("s3", "ec2")]
    stack = read(
        plan(
            *parts,
            resource("data.aws_iam_policy_document.all", {"source_policy_documents": [None, None]}),
            resource("aws_iam_policy.p", {}),
            changes=[
                change("aws_iam_policy.p", unknown={"policy": True}),
                change(
                    "data.aws_iam_policy_document.all",
                    "read",
                    unknown={"json": True, "source_policy_documents": [True, True]},
                ),
            ],
            configuration=[
                configured("aws_iam_policy.p", policy=refers("data.aws_iam_policy_document.all.json")),
                configured("data.aws_iam_policy_document.all", source_policy_documents=refers(*references)),
            ],
        )
    )
    assert actions(only(stack, "policy")) == ["s3:*", "ec2:*"]


def test_modules_within_modules_to_any_depth(read: Read) -> None:
    inner: Json = {}
    for depth in range(90, 0, -1):
        address = ".".join(f"module.m{i}" for i in range(depth))
        inner = {"address": address, "resources": [], **({"child_modules": [inner]} if inner else {})}
    assert not read(plan(resource("aws_iam_user.u", {"name": "u"}), modules=[inner])).of_kind("problem")
