"""Every rule on the real engine, in a preview: it fires on the program that it is for, by its own name, and once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from rules.registry import RULES

HEAD = """
import json
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import OperatorPermissions, TrustedAccess
SSO = "sso.amazonaws.com"
kept = pulumi.ResourceOptions(protect=True)
"""

# One program a rule, bad in that one way.
BAD = {
    "organization-keeps-sso": """
aws.organizations.Organization("org", aws_service_access_principals=["x.amazonaws.com"], opts=kept)""",
    "organization-all-features": """
aws.organizations.Organization(
    "org", aws_service_access_principals=[SSO], feature_set="CONSOLIDATED_BILLING", opts=kept
)""",
    "guarded-resources-protected": 'aws.organizations.Organization("org", aws_service_access_principals=[SSO])',
    "trusted-access-declared": 'aws.organizations.AwsServiceAccess("ram", service_principal="ram.amazonaws.com")',
    "trusted-access-single-owner": """
aws.organizations.Organization("org", aws_service_access_principals=[SSO], opts=kept)
aws.organizations.AwsServiceAccess("sso", service_principal=SSO, opts=kept)""",
    "no-disable-grant": """
statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
aws.iam.Policy("power", policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))""",
    "service-linked-role-untouched": """
aws.iam.Role("mine", name="AWSServiceRoleForSSO", assume_role_policy=json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": SSO}}],
}))""",
    "delegated-administrator-valid": """
aws.organizations.DelegatedAdministrator("admin", account_id="111122223333", service_principal=SSO)""",
    "break-glass-current": """
def unprotect(args):
    args.opts.protect = False
    return pulumi.ResourceTransformResult(props=args.props, opts=args.opts)
pulumi.runtime.register_resource_transform(unprotect)
TrustedAccess("sso", {})""",
}
CONFIG = {
    "trusted-access-declared": {"ownerStacks": ["test/*"]},
    "delegated-administrator-valid": {"managementAccountId": "111122223333"},
}
GOOD = """
aws.organizations.Organization("org", aws_service_access_principals=["x.amazonaws.com", SSO], opts=kept)
aws.organizations.DelegatedAdministrator("admin", account_id="222233334444", service_principal=SSO)
bucket_reader = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
aws.iam.Policy("reader", policy=json.dumps({"Version": "2012-10-17", "Statement": [bucket_reader]}))
"""
COMPONENTS = """
TrustedAccess("sso", {})
aws.organizations.Organization(
    "org", opts=pulumi.ResourceOptions(protect=True, ignore_changes=["awsServiceAccessPrincipals"])
)
trusted = ["arn:aws:iam::111122223333:root"]
OperatorPermissions("operators", {"roles": [
    {"name": "break-glass", "permissions": ["disable"], "trustedPrincipals": trusted},
    {"name": "on-call", "permissions": ["enable", "observe"], "trustedPrincipals": trusted},
]})
"""


@pytest.fixture
def preview(new_stack: Callable, policies: str, tmp_path) -> Callable:
    """Previews a program under the pack, with a configuration for it; gives the result."""

    def run(program: str, config=None):
        stack = new_stack(HEAD + program)
        more = []
        if config:
            file = tmp_path / "config.json"
            file.write_text(json.dumps(config))
            more = ["--policy-pack-config", str(file)]
        return stack.preview("--policy-pack", policies, *more, check=False)

    return run


def _fired(result) -> list[tuple[str, str]]:
    """(level, rule) of each violation that the engine prints."""
    return re.findall(r"\[(mandatory|advisory)\]\s+([a-z-]+)\s+\(", result.text)


def test_there_is_a_program_for_every_rule() -> None:
    assert list(BAD) == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", BAD)
def test_the_rule_refuses_its_program_once_and_no_other_rule_does(preview: Callable, rule: str) -> None:
    result = preview(BAD[rule], {rule: CONFIG[rule]} if rule in CONFIG else None)
    assert result.code != 0, result.text
    assert _fired(result) == [("mandatory", rule)], result.text


@pytest.mark.parametrize("form", ["advisory", {"enforcementLevel": "advisory"}])
def test_the_level_can_be_lowered_and_the_finding_stays_visible(preview: Callable, form) -> None:
    result = preview(BAD["organization-keeps-sso"], {"organization-keeps-sso": form})
    assert result.code == 0, result.text
    assert _fired(result) == [("advisory", "organization-keeps-sso")]


def test_a_rule_can_be_disabled(preview: Callable) -> None:
    result = preview(BAD["no-disable-grant"], {"no-disable-grant": "disabled"})
    assert result.code == 0, result.text
    assert _fired(result) == []


def test_an_exception_with_a_reason_is_taken_and_one_without_is_refused_by_the_schema(preview: Callable) -> None:
    allowed = {"pattern": "power", "reason": "the platform team's own role, reviewed every quarter"}
    result = preview(BAD["no-disable-grant"], {"no-disable-grant": {"allowed": [allowed]}})
    assert result.code == 0, result.text
    refused = preview(BAD["no-disable-grant"], {"no-disable-grant": {"allowed": [{"pattern": "power"}]}})
    assert refused.code != 0
    assert "reason" in refused.text


@pytest.mark.parametrize("program", [GOOD, COMPONENTS, ""], ids=["resources", "components", "nothing"])
def test_good_programs_hear_nothing(preview: Callable, program: str) -> None:
    result = preview(program)
    assert result.code == 0, result.text
    assert _fired(result) == []


def test_this_repository_s_own_program_hears_nothing(main_stack: Callable, policies: str) -> None:
    result = main_stack().up("--policy-pack", policies)
    assert _fired(result) == []


UNKNOWN_DOCUMENT = """
first = aws.iam.Policy("first", policy=json.dumps({{"Version": "2012-10-17", "Statement": [
    {{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]}}))
aws.iam.Policy("second", policy=first.arn.apply(lambda arn: json.dumps({{"Version": "2012-10-17", "Statement": [
    {{"Effect": "Allow", "Action": "{action}", "Resource": "*", "Sid": "About" + str(len(arn))}}]}})))
"""


@pytest.mark.parametrize(("action", "ends_well"), [("s3:Put*", True), ("organizations:*", False)])
def test_what_a_preview_cannot_know_is_shown_and_refused_by_the_update_before_it_is_made(
    new_stack: Callable, policies: str, action: str, ends_well: bool
) -> None:
    stack = new_stack(HEAD + UNKNOWN_DOCUMENT.format(action=action))
    shown = stack.preview("--policy-pack", policies, check=False)
    assert shown.code == 0
    assert _fired(shown) == [("advisory", "no-disable-grant")]
    assert "can't be known during preview" in shown.text
    done = stack.up("--policy-pack", policies, check=False)
    assert (done.code == 0) is ends_well, done.text
    assert (("mandatory", "no-disable-grant") in _fired(done)) is not ends_well
    assert stack.session.operations().count("CreatePolicy") == (2 if ends_well else 1)


ORGANIZATION = """
aws.organizations.Organization("org", {listed}
    opts=pulumi.ResourceOptions(protect=True, import_="o-exampleorg01"))
"""


def test_asked_to_remediate_the_pack_adds_the_principal_and_trusted_access_stays_on(
    new_stack: Callable, policies: str, tmp_path
) -> None:
    config = tmp_path / "remediate.json"
    config.write_text(json.dumps({"organization-keeps-sso": "remediate"}))
    pack = ("--policy-pack", policies, "--policy-pack-config", str(config))
    stack = new_stack(HEAD + ORGANIZATION.format(listed='aws_service_access_principals=["ram.amazonaws.com"],'))
    stack.up(*pack)
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    assert {row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]} == {
        "ram.amazonaws.com",
        "sso.amazonaws.com",
    }
    assert "DisableAWSServiceAccess" not in [
        call["operation"]
        for call in stack.session.calls
        if call["parameters"].get("ServicePrincipal") == "sso.amazonaws.com"
    ]
    # What it can't mend, it still refuses.
    stack.write(HEAD + ORGANIZATION.format(listed=""))
    refused = stack.preview(*pack, check=False)
    assert refused.code != 0
    assert "organization-keeps-sso" in refused.text
