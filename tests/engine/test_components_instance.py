"""A missing instance: the preview gives each reason in a sentence of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.session import ROOT

ELSEWHERE = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import Instance
"""
ALONE = """
from pulumi_aws_identity_center import Instance
Instance("sso")
"""
FAILED = "the KMS key arn:aws:kms:eu-central-1:111122223333:key/1 is disabled"


def test_another_region_and_a_failed_instance_have_own_remedies(new_stack: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "failed.yaml"
    text = (ROOT / "sandbox" / "aws" / "seeds" / "sso-enabled.yaml").read_text("utf-8")
    instance = f'region: eu-central-1\n  status: CREATE_FAILED\n  status_reason: "{FAILED}"'
    seed.write_text(text.replace("region: us-east-1", instance, 1))
    stack = new_stack(ELSEWHERE + 'Instance("here")\n', seed=seed)
    wrong = stack.preview(check=False)
    assert wrong.code != 0
    assert "is in eu-central-1, and this stack looks in us-east-1" in wrong.text
    assert "pulumi config set aws:region eu-central-1" in wrong.text
    assert "choose Enable" not in wrong.text

    # With a provider of that Region the same look finds it, and what AWS says of it, with that provider's settings.
    stack.write(
        ELSEWHERE
        + 'there = aws.Provider("there", region="eu-central-1")\n'
        + 'Instance("there", opts=pulumi.ResourceOptions(provider=there))\n'
    )
    failed = stack.preview(check=False)
    assert failed.code != 0
    assert f"failed to be created: {FAILED}." in failed.text
    assert "Delete it in the IAM Identity Center console" in failed.text
    assert "Traceback" not in wrong.text + failed.text


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("sso-admin:ListInstances", "instances can't be listed with these credentials"),
        ("organizations:DescribeOrganization", "The organization can't be read with these credentials"),
    ],
)
def test_a_denied_read_is_never_taken_for_switched_off(main_stack: Callable, fault: str, sentence: str) -> None:
    stack = main_stack(faults=[f"{fault}:AccessDeniedException"])
    result = stack.preview(check=False)
    assert result.code != 0
    assert sentence in result.text
    assert "no organization instance" not in result.text
    assert "Traceback" not in result.text


def test_an_unreadable_status_is_undetermined_with_the_reason(main_stack: Callable) -> None:
    stack = main_stack(faults=["sso-admin:DescribeInstance:AccessDeniedException"])
    result = stack.preview()
    assert (
        "could not be read, so it is UNDETERMINED: sso:DescribeInstance: access was denied (AccessDeniedException"
        in result.text
    )
    assert re.search(r'instanceStatus +: "UNDETERMINED"', result.text)


@pytest.mark.parametrize(
    ("seed", "missing", "remedy"),
    [
        ("no-organization", "This account is in no AWS organization", "create-organization"),
        ("consolidated-billing", "feature set CONSOLIDATED_BILLING", "enable-all-features"),
        (None, None, None),
    ],
)
def test_alone_it_says_what_is_missing_first(
    new_stack: Callable, seed: str | None, missing: str | None, remedy: str | None
) -> None:
    stack = new_stack(ALONE, **({"seed": seed} if seed else {}))
    result = stack.preview(check=False)
    assert "Traceback" not in result.text
    assert (result.code == 0) is (missing is None)
    if missing is None:
        assert sorted({*stack.session.operations()} - {"GetCallerIdentity"}) == [
            "DescribeInstance",
            "DescribeOrganization",
            "ListInstances",
        ]
    else:
        assert missing in result.text
        assert str(remedy) in result.text
    assert stack.session.operations().count("DescribeOrganization") == 1
    assert stack.session.operations().count("ListInstances") == 1


LATE = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import OrganizationSso
made = aws.iam.Role("first", assume_role_policy='{"Version": "2012-10-17", "Statement": []}')
late = aws.Provider("late", region=made.arn.apply(lambda _: "us-east-1"))
sso = OrganizationSso("sso", {"delegatedAdministratorAccountId": "222233334444"}, pulumi.ResourceOptions(provider=late))
pulumi.export("status", sso.instance_status)
"""


def test_an_unknown_provider_is_asked_in_the_update(new_stack: Callable) -> None:
    stack = new_stack(LATE)
    shown = stack.up(previewed=True)
    assert "is known only in the update, so this preview can't read the organization" in shown.text
    assert "error" not in shown.text
    assert stack.outputs()["status"] == "ACTIVE"
    stack.write(LATE.replace("222233334444", "999999999999").replace("late", "later"))
    refused = stack.up("--skip-preview", check=False)
    assert "999999999999, which is not an account of this organization" in refused.text
    assert "Traceback" not in refused.text
