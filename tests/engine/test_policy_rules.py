"""Every rule on the real engine: it fires on the resource that it is for, by its own name, and on no other.

One program holds what is bad in eight ways, so that a rule which speaks out of turn is seen too; an owner that declares
nothing needs a stack without trusted access and without an administrator.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable

import pytest
from rules.registry import RULES

EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
HEAD = """
import json
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import OperatorPermissions, TrustedAccess
SSO = "sso.amazonaws.com"
kept = pulumi.ResourceOptions(protect=True)
left_alone = pulumi.ResourceOptions(protect=True, ignore_changes=["awsServiceAccessPrincipals"])
"""
EIGHT = """
# As a TrustedAccess whose protection something took away. The component itself refuses the rest of this program.
component = pulumi.ComponentResource("aws-identity-center:index:TrustedAccess", "component", {})
aws.organizations.AwsServiceAccess("sso", service_principal=SSO, opts=pulumi.ResourceOptions(parent=component))
aws.organizations.Organization("lacks", aws_service_access_principals=["x.amazonaws.com"], opts=kept)
aws.organizations.Organization("billing", feature_set="CONSOLIDATED_BILLING", opts=left_alone)
aws.organizations.Organization(
    "loose", opts=pulumi.ResourceOptions(ignore_changes=["awsServiceAccessPrincipals"])
)
statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
aws.iam.Policy("power", policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
aws.iam.Role("mine", name="AWSServiceRoleForSSO", assume_role_policy=json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": SSO}}],
}))
aws.organizations.DelegatedAdministrator("admin", account_id="111122223333", service_principal=SSO)
"""
FIRED = {
    ("organization-keeps-sso", "lacks"),
    ("organization-all-features", "billing"),
    ("guarded-resources-protected", "loose"),
    ("trusted-access-single-owner", "lacks"),
    ("no-disable-grant", "power"),
    ("service-linked-role-untouched", "mine"),
    ("delegated-administrator-valid", "admin"),
    ("break-glass-current", "sso"),
}
MANAGEMENT = {"delegated-administrator-valid": {"managementAccountId": "111122223333"}}
OWNED = {"ownerStacks": ["test/*"]}
OWNER = {"trusted-access-declared": {"ownerStacks": ["test/*"]}}
ADMINISTRATORS = {"last-administrator-kept": {"ownerStacks": ["test/*"], "managementAccountId": "111122223333"}}
GOOD = """
aws.organizations.Organization("org", opts=left_alone)
TrustedAccess("sso", {})
aws.organizations.DelegatedAdministrator("admin", account_id="222233334444", service_principal=SSO)
bucket_reader = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
aws.iam.Policy("reader", policy=json.dumps({"Version": "2012-10-17", "Statement": [bucket_reader]}))
trusted = ["arn:aws:iam::111122223333:root"]
OperatorPermissions("operators", {"roles": [
    {"name": "break-glass", "permissions": ["disable"], "trustedPrincipals": trusted},
    {"name": "on-call", "permissions": ["enable", "observe"], "trustedPrincipals": trusted},
]})
"""


@pytest.fixture
def preview(policies: str, tmp_path) -> Callable:
    """Previews a stack's program under the pack, with a configuration for it; gives the result, as event lines."""

    def run(stack, config=None, *options: str):
        file = tmp_path / "config.json"
        file.write_text(json.dumps(config or {}))
        pack = ("--policy-pack", policies, "--policy-pack-config", str(file))
        return stack.pulumi("preview", "--json", *pack, *options, check=False, env=EVENTS)

    return run


def _fired(result, level: str = "mandatory") -> list[tuple[str, str]]:
    """(rule, resource) of each violation at a level."""
    events = [json.loads(line).get("policyEvent") for line in result.out.splitlines()]
    return sorted(
        (event["policyName"], event.get("resourceUrn", "").rpartition("::")[2])
        for event in events
        if event and event["enforcementLevel"] == level
    )


def test_every_rule_fires_and_obeys_its_configuration(new_stack: Callable, preview: Callable) -> None:
    assert {rule for rule, _ in FIRED} | set(OWNER) | set(ADMINISTRATORS) == {rule.id for rule in RULES}
    stack = new_stack(HEAD + EIGHT)
    refused = preview(stack, MANAGEMENT)
    assert refused.code != 0
    assert _fired(refused) == sorted(FIRED), refused.text[-3000:]

    lowered = preview(stack, {"all": "advisory", **MANAGEMENT})
    assert lowered.code == 0, lowered.text
    assert (_fired(lowered), _fired(lowered, "advisory")) == ([], sorted(FIRED))

    allowed = [{"pattern": "power", "reason": "the platform team's own role, reviewed every quarter"}]
    config = {"all": "disabled", "no-disable-grant": {"enforcementLevel": "mandatory", "allowed": allowed}}
    excepted = preview(stack, config)
    assert excepted.code == 0, excepted.text
    assert _fired(excepted) == []


def test_a_configuration_that_could_not_be_meant_is_refused(new_stack: Callable, preview: Callable) -> None:
    """All that is refused: tests/policies/rules/test_registry.py."""
    result = preview(new_stack(""), {"no-disable-grants": "advisory"})
    assert result.code != 0
    assert "'no-disable-grants', which is no rule" in result.text


def test_an_owner_that_declares_nothing_is_refused(new_stack: Callable, preview: Callable) -> None:
    stack = new_stack(HEAD + 'aws.organizations.AwsServiceAccess("ram", service_principal="ram.amazonaws.com")')
    assert _fired(preview(stack, {**OWNER, **ADMINISTRATORS})) == [
        *[("last-administrator-kept", "test-dev")] * 2,  # of the management account, and of Identity Center
        ("trusted-access-declared", "test-dev"),
    ]
    stack.write(HEAD + GOOD)
    good = preview(stack, {**OWNER, **MANAGEMENT})
    assert good.code == 0, good.text
    assert _fired(good) + _fired(good, "advisory") == [], good.text


def test_what_a_refresh_lists_and_the_program_does_not_declare_counts_for_nothing(
    new_stack: Callable, preview: Callable
) -> None:
    """What it declares no more and what it only reads: with a refresh the engine shows both to the pack."""
    stack = new_stack(HEAD + 'aws.organizations.AwsServiceAccess("raw", service_principal=SSO)')
    stack.up()
    read = 'aws.organizations.AwsServiceAccess.get("read", SSO)'
    stack.write(HEAD + read)
    assert _fired(preview(stack, OWNER, "--refresh")) == [("trusted-access-declared", "test-dev")]

    stack.write(HEAD + read + '; TrustedAccess("sso")')
    stack.up()
    refreshed = preview(stack, OWNER, "--refresh")
    assert refreshed.code == 0, refreshed.text


TWO_ORGANIZATIONS = """
guarded = pulumi.ResourceOptions(protect=True, retain_on_delete=True)
role = aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::222233334444:role/OrganizationAccountAccessRole")
there = pulumi.ResourceOptions(
    provider=aws.Provider("there", region="us-east-1", assume_roles=[role])
)
here = pulumi.ResourceOptions(
    provider=aws.Provider("here", region="us-east-1", allowed_account_ids=["111122223333"])
)
west = pulumi.ResourceOptions(provider=aws.Provider("west", region="us-west-2"))
for name, where in (("here", here), ("there", there)):
    aws.organizations.AwsServiceAccess(
        name, service_principal=SSO, opts=pulumi.ResourceOptions.merge(guarded, where)
    )
for name, account, where in (("one", "333344445555", here), ("other", "444455556666", there)):
    aws.organizations.DelegatedAdministrator(name, account_id=account, service_principal=SSO, opts=where)
"""
AGAIN = """
aws.organizations.AwsServiceAccess(
    "again", service_principal=SSO, opts=pulumi.ResourceOptions.merge(guarded, west)
)
"""


def test_two_organizations_have_an_owner_each(new_stack: Callable, preview: Callable) -> None:
    stack = new_stack(HEAD + TWO_ORGANIZATIONS)
    good = preview(stack)
    assert good.code == 0, good.text
    assert _fired(good) + _fired(good, "advisory") == []
    stack.write(HEAD + TWO_ORGANIZATIONS + AGAIN)
    # A provider that names no account may be either one's: which of the pairs is told depends on who came first.
    assert {rule for rule, _ in _fired(preview(stack))} == {"trusted-access-single-owner"}


def test_another_services_break_glass_excuses_nothing(new_stack: Callable, preview: Callable) -> None:
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    opened = {
        "servicePrincipal": "guardduty.amazonaws.com",
        "breakGlass": {"reason": "an exercise", "expires": tomorrow},
    }
    stack = new_stack(
        HEAD
        + f'other = TrustedAccess("other", {opened})\n'
        + "inside = pulumi.ResourceOptions(parent=other)\n"
        + 'aws.organizations.AwsServiceAccess("sso", service_principal=SSO, opts=inside)\n'
    )
    assert _fired(preview(stack)) == [("break-glass-current", "sso")]


def test_break_glass_passes_until_its_date(new_stack: Callable, preview: Callable, policies: str) -> None:
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    opened = {"breakGlass": {"reason": "an exercise", "expires": tomorrow}}
    stack = new_stack(HEAD + f'TrustedAccess("sso", {opened})')
    assert "break-glass-current" not in stack.up("--policy-pack", policies, previewed=True).text
    stack.write(HEAD + 'TrustedAccess("sso", {})')
    past = {"reason": "an exercise", "expires": "2024-01-31"}
    stack.config(**{"aws-identity-center__breakGlass": past})
    assert _fired(preview(stack)) == [("break-glass-current", "test-dev")]


EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
UNKNOWN_DOCUMENT = """
first = aws.iam.Policy("first", policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}))
for name, action in (("fine", "s3:Put*"), ("power", "organizations:*")):
    aws.iam.Policy(name, policy=first.arn.apply(lambda arn, action=action: json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": action, "Resource": "*", "Sid": "About" + str(len(arn))}]})))
aws.iam.RolePolicyAttachment("own", role="somebody", policy_arn=first.arn)
group = aws.iam.Group("group")
admin = group.arn.apply(lambda _: "arn:aws:iam::aws:policy/AdministratorAccess")
aws.iam.RolePolicyAttachment("attached", role="somebody", policy_arn=admin)
"""
# What makes an account and delegates to it is good.
ACCOUNT = """
account = aws.organizations.Account("account", name="security", email="security@example.com")
aws.organizations.DelegatedAdministrator("delegated", account_id=account.id, service_principal=SSO)
"""


def test_the_update_refuses_what_a_preview_cannot_know(
    new_stack: Callable, preview: Callable, policies: str, tmp_path
) -> None:
    stack = new_stack(HEAD + UNKNOWN_DOCUMENT + ACCOUNT)
    shown = preview(stack, {"no-disable-grant": OWNED})
    assert shown.code == 0, shown.text
    assert _fired(shown, "advisory") == [
        ("no-disable-grant", "attached"),
        ("no-disable-grant", "fine"),
        ("no-disable-grant", "power"),
    ]
    assert "can't be known during preview" in shown.text
    stack.write(HEAD + UNKNOWN_DOCUMENT)
    config = tmp_path / "owner.json"
    config.write_text(json.dumps({"no-disable-grant": OWNED}))
    done = stack.up("--policy-pack", policies, "--policy-pack-config", str(config), check=False)
    assert done.code != 0, done.text
    refused = set(re.findall(r"\[mandatory\]\s+([a-z-]+)\s+\((.*)\)", done.text))
    # The engine stops at the first, and which that is is its own affair.
    both = {"aws:iam:Policy: power", "aws:iam:RolePolicyAttachment: attached"}
    assert refused
    assert refused <= {("no-disable-grant", pack) for pack in both}
    assert "power" not in [call["parameters"].get("PolicyName", "")[:5] for call in stack.session.calls]
    assert "AdministratorAccess" not in str([call["parameters"] for call in stack.session.calls])


def test_the_update_refuses_a_grant_whose_arn_tells_the_management_account(
    new_stack: Callable, preview: Callable, policies: str, tmp_path
) -> None:
    """No preview before it knows the account, and every one after it does."""
    stack = new_stack(HEAD + 'aws.iam.Policy("power", policy=' + repr(json.dumps(EVERYTHING)) + ")")
    config = {"no-disable-grant": {"managementAccountId": "111122223333"}}
    assert _fired(preview(stack, config)) == []
    file = tmp_path / "account.json"
    file.write_text(json.dumps(config))
    done = stack.up("--policy-pack", policies, "--policy-pack-config", str(file), check=False)
    assert done.code != 0, done.text
    assert "[mandatory]  no-disable-grant  (aws:iam:Policy: power)" in done.text
    assert _fired(preview(stack, config)) == [("no-disable-grant", "power")]


SMUGGLED = """
from pulumi_aws_identity_center import disable_document
trust = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]})
operators = OperatorPermissions("operators", {"roles": [
    {"name": "break-glass", "permissions": ["disable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}]})
inside = pulumi.ResourceOptions(parent=operators)
everybody = aws.iam.Role("everybody", assume_role_policy=trust)
aws.iam.Policy("developers", policy=json.dumps(disable_document()), opts=inside)
known = "arn:aws:iam::111122223333:policy/identity-center-disable"
aws.iam.RolePolicyAttachment("known", role=everybody.name, policy_arn=known, opts=inside)
aws.iam.RolePolicyAttachment("everybody-disable", role="everybody", policy_arn=known, opts=inside)
everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
power = aws.iam.Policy("power", policy=json.dumps({"Version": "2012-10-17", "Statement": [everything]}))
for name in ("anybody", "power"):
    role = aws.iam.Role(name, assume_role_policy=trust)
    aws.iam.RolePolicyAttachment(f"to-{name}", role=role.name, policy_arn=power.arn)
aws.iam.RolePolicyAttachment("elsewhere", role="anybody", policy_arn="arn:aws:iam::111122223333:policy/power")
aws.iam.RolePolicyAttachment("observes", role=everybody.name, policy_arn=operators.policy_arns["observe"])
"""


BY_CLOUDFORMATION = """
trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
for name, managed in (("fine", "ReadOnlyAccess"), ("strong", "AdministratorAccess")):
    role = {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": ["arn:aws:iam::aws:policy/" + managed]}
    template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}}
    aws.cloudformation.Stack(name, template_body=json.dumps(template), capabilities=["CAPABILITY_IAM"])
    aws.cloudcontrol.Resource(f"{name}-role", type_name="AWS::IAM::Role", desired_state=json.dumps(role))
"""


def test_an_exception_excuses_only_its_own_principals(new_stack: Callable, preview: Callable) -> None:
    """Nor does a template of CloudFormation's excuse what it grants."""
    allowed = [{"pattern": "power", "reason": "the platform team's own role, reviewed every quarter"}]
    config = {"no-disable-grant": {**OWNED, "allowed": allowed}}
    refused = preview(new_stack(HEAD + SMUGGLED + BY_CLOUDFORMATION), config)
    assert refused.code != 0
    smuggled = ("developers", "elsewhere", "everybody-disable", "known", "to-anybody")
    bad = sorted([*smuggled, "strong", "strong-role"])
    assert _fired(refused) == [("no-disable-grant", name) for name in bad], refused.text
    # Which of the component's policies it is, is known once they are made.
    assert _fired(refused, "advisory") == [("no-disable-grant", "observes")]


ORGANIZATION = """
aws.organizations.Organization("org", {listed}
    opts=pulumi.ResourceOptions(protect=True, import_="o-exampleorg01"))
"""


def test_remediation_adds_the_principal(new_stack: Callable, preview: Callable, policies: str, tmp_path) -> None:
    remediate = {"organization-keeps-sso": "remediate"}
    config = tmp_path / "remediate.json"
    config.write_text(json.dumps(remediate))
    stack = new_stack(HEAD + ORGANIZATION.format(listed='aws_service_access_principals=["ram.amazonaws.com"],'))
    stack.up("--policy-pack", policies, "--policy-pack-config", str(config), "--skip-preview")
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    assert {row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]} == {
        "ram.amazonaws.com",
        "sso.amazonaws.com",
    }
    assert "sso.amazonaws.com" not in [
        call["parameters"].get("ServicePrincipal")
        for call in stack.session.calls
        if call["operation"] == "DisableAWSServiceAccess"
    ]
    # What it can't mend, it still refuses.
    stack.write(HEAD + ORGANIZATION.format(listed=""))
    assert _fired(preview(stack, remediate)) == [("organization-keeps-sso", "org")]
