"""What a plan's configuration tells of providers, blocks and where values come from."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.gate.readers.document import Document, NotAPlan
from pulumi_aws_identity_center.gate.readers.terraform_configuration import Configuration, block_address, index_of, read

from tests.walk import walk


def _read(configuration: Any) -> Configuration:
    return read(Document(io.StringIO(json.dumps(configuration))))


def _resource(type_: str, **expressions: Any) -> dict[str, Any]:
    return {"address": f"{type_}.x", "type": type_, "provider_config_key": "aws.us", "expressions": expressions}


ATTACHMENT = _resource(
    "aws_iam_role_policy_attachment",
    role={"constant_value": "admin"},
    policy_arn={"references": ["aws_iam_policy.x.arn", "aws_iam_policy.x"]},
)


def test_a_provider_is_told_with_what_it_is_configured() -> None:
    expressions = {
        "allowed_account_ids": {"constant_value": ["111122223333"]},
        "assume_role": [{"role_arn": {"references": ["var.role"]}}],
        "region": {"constant_value": "us-east-1"},
    }
    found = _read({"provider_config": {"aws.us": {"name": "aws", "expressions": expressions}, "random": {}}})
    assert found.providers["random"].settings == {}
    provider = found.providers["aws.us"]
    assert provider.name == "aws"
    assert provider.settings == {
        "allowedAccountIds": ["111122223333"],
        "assumeRole": [{"roleArn": UNKNOWN}],
        "region": "us-east-1",
    }
    assert provider.references["assume_role"] == ["var.role"]


ROLE = "arn:aws:iam::111122223333:role/ci"


@walk(
    ("value", "references", "account"),
    [
        ("111122223333", ["var.x"], "111122223333"),
        (ROLE, ["var.x"], "111122223333"),
        (["111122223333"], ["var.x"], "111122223333"),
        (["111122223333", "222233334444"], ["var.x"], ""),
        ("prod", ["var.x"], ""),
        ("111122223333", ["var.x", "local.y"], ""),
        ("111122223333", ["var.x", "var.y"], ""),
        ("111122223333", ["var.other"], ""),
        ("111122223333", ["local.x"], ""),
    ],
)
def test_a_variable_tells_the_account(value: Any, references: list[str], account: str) -> None:
    expressions = {
        "allowed_account_ids": {"references": references},
        "assume_role": [{"role_arn": {"references": references}}],
    }
    found = _read({"provider_config": {"aws": {"name": "aws", "expressions": expressions}}})
    found.variables = {"x": value, "y": value}
    allowed, roles = [account], [{"roleArn": f"arn:aws:iam::{account}:role/*"}]
    unknown = {"allowedAccountIds": UNKNOWN, "assumeRole": [{"roleArn": UNKNOWN}]}
    assert found.settings_of("aws") == ({"allowedAccountIds": allowed, "assumeRole": roles} if account else unknown)


def test_an_external_id_tells_no_account() -> None:
    role = {"role_arn": {"constant_value": ROLE}, "external_id": {"references": ["var.x"]}}
    found = _read({"provider_config": {"aws": {"name": "aws", "expressions": {"assume_role": [role]}}}})
    found.variables = {"x": "222233334444"}
    assert found.settings_of("aws") == {"assumeRole": [{"roleArn": ROLE, "externalId": UNKNOWN}]}


def test_a_provider_that_is_not_configured_has_no_settings() -> None:
    assert _read({}).settings_of("aws") == {}


@walk(
    ("module", "own", "account"),
    [
        ("module.m.module.inner", {}, "111122223333"),
        ("module.m.module.inner.module.deep", {}, ""),
        ("module.m", {}, ""),
        ("module.m.module.inner", {"expressions": {"region": {"constant_value": "us-east-1"}}}, ""),
    ],
)
def test_a_module_of_a_module_inherits_the_root_s_provider(module: str, own: Any, account: str) -> None:
    key, root = f"{module}:aws", {"allowed_account_ids": {"constant_value": ["111122223333"]}}
    entries = {"aws": {"name": "aws", "expressions": root}, key: {"name": "aws", "module_address": module, **own}}
    settings = _read({"provider_config": entries}).settings_of(key)
    assert settings.get("allowedAccountIds", [""]) == [account]


def test_a_modules_block_is_found_by_any_instances_address() -> None:
    inner = {"resources": [ATTACHMENT, _resource("aws_s3_bucket")]}
    middle = {"module_calls": {"inner": {"module": inner}}}
    found = _read({"root_module": {"resources": [], "module_calls": {"outer": {"source": "./o", "module": middle}}}})
    block = found.block_of('module.outer["a.b[0]"].module.inner[2].aws_iam_role_policy_attachment.x["c\\"]"]')
    assert block is not None
    assert (block.provider, list(block.references["policy_arn"])) == (
        "aws.us",
        ["module.outer.module.inner.aws_iam_policy.x.arn", "module.outer.module.inner.aws_iam_policy.x"],
    )
    assert len(found.blocks) == 1


def test_references_inside_of_nested_blocks_are_found() -> None:
    inline = [{"policy": {"references": ["aws_iam_policy.x.policy"]}, "name": {"constant_value": "n"}}]
    found = _read({"root_module": {"resources": [_resource("aws_iam_role", inline_policy=inline)]}})
    block = found.block_of("aws_iam_role.x")
    assert block is not None
    assert list(block.references["inline_policy"]) == ["aws_iam_policy.x.policy"]
    assert block.sets == {"inlinePolicies"}


@walk("references", [7, "aws_iam_policy.x", None])
def test_references_that_are_no_list_name_nothing(references: Any) -> None:
    found = _read({"root_module": {"resources": [_resource("aws_iam_role", path={"references": references})]}})
    block = found.block_of("aws_iam_role.x")
    assert block is not None
    assert list(block.references["path"]) == []


def test_an_unknown_address_has_no_block() -> None:
    assert _read({}).block_of("aws_iam_role.x") is None


@walk(("address", "index"), [("a_b.c[0]", "[0]"), ('m[1].a_b.c["x[2]"]', '["x[2]"]'), ("m[1].a_b.c", "")])
def test_the_index_of_an_address_is_its_own(address: str, index: str) -> None:
    assert index_of(address) == index


def test_an_address_without_indexes_stays_as_it_is() -> None:
    assert block_address("module.a.aws_iam_role.x") == "module.a.aws_iam_role.x"


@walk(
    "configuration",
    [3, {"provider_config": 3}, {"root_module": 3}, {"root_module": {"resources": [3]}}, {"provider_config": {"a": 1}}],
)
def test_what_is_no_configuration_is_refused(configuration: Any) -> None:
    with pytest.raises(NotAPlan):
        _read(configuration)


def test_a_reference_is_followed_through_modules() -> None:
    inner = {
        "resources": [_resource("aws_iam_policy"), ATTACHMENT],
        "outputs": {"arn": {"expression": {"references": ["aws_iam_policy.x.arn", "aws_iam_policy.x"]}}},
    }
    calls = {
        "made": {"module": inner},
        "used": {"expressions": {"policy": {"references": ["module.made[0].arn", "module.made"]}}, "module": {}},
    }
    found = _read({"root_module": {"module_calls": calls}})
    assert "module.made.aws_iam_policy.x" in set(found.sources("module.used.var.policy"))
    assert list(found.sources("local.y")) == ["local.y"]


def test_references_in_circles_end() -> None:
    calls = {"a": {"expressions": {"x": {"references": ["module.a.var.x"]}}, "module": {}}}
    found = _read({"root_module": {"module_calls": calls}})
    assert len(list(found.sources("module.a.var.x"))) == 1
