"""Terraform's names become those that Pulumi's own packages have."""

from __future__ import annotations

import re

import pulumi_aws
from pulumi._types import input_type_py_to_pulumi_names
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS
from pulumi_aws_identity_center.domain.terraform_names import properties_of, token_of
from pulumi_aws_identity_center.domain.values import snake_case
from pulumi_aws_identity_center.gate.rules.by_type import JUDGED

from tests.walk import walk

AWS = sorted(token for token in {*FLOWS, *JUDGED} if token.startswith("aws:"))
NATIVE = sorted(token for token in {*FLOWS, *JUDGED} if token.startswith("aws-native:"))


def _terraform_type(token: str) -> str:
    provider, module, name = re.split(r":|/\w+:", token)
    return f"{'aws' if provider == 'aws' else 'awscc'}_{module}_{snake_case(name[:1].lower() + name[1:])}"


def test_every_judged_type_has_its_terraform_name() -> None:
    tokens = [*AWS, *NATIVE]
    assert [token_of(_terraform_type(token)) for token in tokens] == tokens


@walk("token", AWS)
def test_property_names_are_those_of_pulumi_aws(token: str) -> None:
    module, class_name = token.split(":")[1].partition("/")[0], token.rpartition(":")[2]
    names = input_type_py_to_pulumi_names(getattr(getattr(pulumi_aws, module), f"{class_name}Args"))
    for python_name, name in names.items():
        attribute = _SINGULARS.get((_terraform_type(token), python_name), python_name)
        assert list(properties_of(_terraform_type(token), {attribute: None})) == [name]


# registry.terraform.io/providers/hashicorp/aws, each resource's "Argument Reference".
_SINGULARS = {
    ("aws_iam_role", "inline_policies"): "inline_policy",
    (
        "aws_ssoadmin_customer_managed_policy_attachments_exclusive",
        "customer_managed_policy_references",
    ): "customer_managed_policy_reference",
}


def test_blocks_are_renamed_inside_and_documents_are_not() -> None:
    role = {"inline_policy": [{"policy_document": {"Statement": [{"some_key": 1}]}, "policy_name": "x"}]}
    assert properties_of("awscc_iam_role", role) == {
        "inlinePolicy": [{"policyDocument": {"Statement": [{"some_key": 1}]}, "policyName": "x"}]
    }


@walk("type_", ["terraform_data", "null_resource", "aws_s3_bucket", "aws", "google_iam_role"])
def test_other_providers_and_services_have_no_token(type_: str) -> None:
    assert token_of(type_) == ""
