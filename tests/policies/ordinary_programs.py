"""Programs as people write them, each as the resources that it declares: what the rules must stay silent about, and
beside them those that can end sign-in, with the rules that refuse them.

Shapes: account vending, workloads in member accounts, Identity Center, organization policies, log archives, security
services with and without the organization, other packages. `member()` is a provider in a member account.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared
from pulumi_aws_identity_center.domain.iam_documents import guard_document

from tests.declared_resources import declare, document

MANAGEMENT, MEMBER = "111122223333", "444455556666"
SSO = "sso.amazonaws.com"
ADMIN_ARN, POWER_ARN = (f"arn:aws:iam::aws:policy/{name}" for name in ("AdministratorAccess", "PowerUserAccess"))
READ_ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ORGANIZATION = "aws:organizations/organization:Organization"
ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
DELEGATED = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
ACCOUNT = "aws:organizations/account:Account"
UNIT = "aws:organizations/organizationalUnit:OrganizationalUnit"
SCP, SCP_ATTACHMENT = "aws:organizations/policy:Policy", "aws:organizations/policyAttachment:PolicyAttachment"
ROLE, POLICY, ROLE_POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
USER, GROUP_POLICY = "aws:iam/user:User", "aws:iam/groupPolicy:GroupPolicy"
PROVIDER = "pulumi:providers:aws"
SET = "aws:ssoadmin/permissionSet:PermissionSet"
SET_POLICY = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
SET_INLINE = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
ASSIGNMENT = "aws:ssoadmin/accountAssignment:AccountAssignment"
TRUST = json.dumps(
    document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}})
)
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
PROTECTED: dict[str, Any] = {"protect": True}
IGNORED: dict[str, Any] = {"protect": True, "ignore_changes": ("awsServiceAccessPrincipals",)}


class Program(NamedTuple):
    """refused: the rules that refuse it; none for an ordinary program."""

    name: str
    resources: list[Declared]
    refused: frozenset[str] = frozenset()


def member(account: str = MEMBER, role: str = "OrganizationAccountAccessRole") -> dict[str, Any]:
    """A provider that assumes a role in the account."""
    assumed = json.dumps([{"roleArn": f"arn:aws:iam::{account}:role/{role}"}])
    return {"provider": {"assumeRoles": assumed, "region": "eu-west-1"}}


def only(account: str) -> dict[str, Any]:
    """A provider that allows one account."""
    return {"provider": {"allowedAccountIds": json.dumps([account])}}


def organization(*services: str, **options: Any) -> Declared:
    return declare(ORGANIZATION, "organization", props={"awsServiceAccessPrincipals": list(services)}, **options)


def role(name: str = "app", *statements: Any, managed: tuple[str, ...] = (), **options: Any) -> list[Declared]:
    """A role with an inline policy and attachments."""
    resources = [declare(ROLE, name, props={"name": name, "assumeRolePolicy": TRUST}, **options)]
    if statements:
        text = json.dumps(document(*statements))
        resources.append(declare(ROLE_POLICY, name, props={"role": name, "policy": text}, **options))
    resources += [
        declare(ATTACHMENT, f"{name}-{n}", props={"role": name, "policyArn": arn}, **options)
        for n, arn in enumerate(managed)
    ]
    return resources


def permission_set(name: str, *targets: Any, managed: str = "", inline: Any = None) -> list[Declared]:
    """A permission set with a policy, assigned in accounts."""
    permission_set = declare(SET, name.lower(), props={"name": name, "instanceArn": "arn:aws:sso:::instance/ssoins-1"})
    links: dict[str, Any] = {"comes_from": {"permissionSetArn": [permission_set.urn]}}
    arn = {"permissionSetArn": UNKNOWN}
    parts = [permission_set]
    if managed:
        parts.append(declare(SET_POLICY, name, props={**arn, "managedPolicyArn": managed}, **links))
    if inline is not None:
        parts.append(declare(SET_INLINE, name, props={**arn, "inlinePolicy": json.dumps(inline)}, **links))
    parts += [
        declare(ASSIGNMENT, f"{name}-{n}", props={**arn, "targetId": target, "targetType": "AWS_ACCOUNT"}, **links)
        for n, target in enumerate(targets)
    ]
    return parts


def allow(*actions: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def made_account(name: str = "sandbox") -> tuple[Declared, dict[str, Any], Declared]:
    """An Account, a provider in it that only the update knows, and the options of a resource there."""
    account = declare(ACCOUNT, name, props={"name": name, "email": f"{name}@example.com"})
    provider = declare(PROVIDER, name, props={"assumeRoles": UNKNOWN}, comes_from={"assumeRoles": [account.urn]})
    return account, {"provider": {"assumeRoles": UNKNOWN}, "provider_urn": provider.urn}, provider


def programs() -> Iterator[Program]:
    yield from account_vending()
    yield from workloads()
    yield from identity_center()
    yield from organization_policies()
    yield from security_services()
    yield from other_tools()
    yield from what_can_end_sign_in()


def account_vending() -> Iterator[Program]:
    account, in_account, provider = made_account()
    yield Program("an account in a unit", [declare(UNIT, "workloads"), account])
    yield Program("its administrator role", [account, provider, *role("Admin", managed=(ADMIN_ARN,), **in_account)])
    yield Program("its power users", [account, provider, *role("Power", managed=(POWER_ARN,), **in_account)])
    yield Program("its baseline", [account, provider, *role("Baseline", allow("config:*", "s3:*"), **in_account)])
    yield Program("an audit role in it", [account, provider, *role("Audit", managed=(READ_ARN,), **in_account)])
    yield Program("a deployer with everything", [account, provider, *role("Deploy", EVERYTHING, **in_account)])
    yield Program("many accounts", [declare(ACCOUNT, f"a{n}", props={"name": f"a{n}"}) for n in range(30)])
    yield Program("an account closed on deletion", [declare(ACCOUNT, "old", props={"closeOnDeletion": True})])
    yield Program("a delegated administrator that it creates", [account, _delegated(SSO, UNKNOWN, account)])
    yield Program(
        "contacts and a password policy",
        [
            declare("aws:account/alternativeContact:AlternativeContact", "security"),
            declare("aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "strict", **member()),
        ],
    )


def workloads() -> Iterator[Program]:
    yield Program("an administrator in a member account", role("Admin", managed=(ADMIN_ARN,), **member()))
    yield Program("the same by allowed account ids", role("Admin", managed=(ADMIN_ARN,), **only(MEMBER)))
    yield Program(
        "two member accounts",
        [*role("Admin", managed=(ADMIN_ARN,), **member()), *role("Ops", EVERYTHING, **only("555566667777"))],
    )
    yield Program("a CI role without a named account", role("ci", managed=(ADMIN_ARN,)))
    yield Program("power users without a named account", role("developers", managed=(POWER_ARN,)))
    yield Program("a function's role", role("function", allow("logs:*"), managed=(READ_ARN,)))
    yield Program(
        "a bucket's reader, not known yet",
        [declare(ROLE_POLICY, "reader", props={"role": "reader", "policy": UNKNOWN})],
    )
    yield Program(
        "a policy of a bucket not known yet",
        [
            declare(POLICY, "p", props={"policy": UNKNOWN}),
            declare(
                ATTACHMENT,
                "a",
                props={"role": "app", "policyArn": UNKNOWN},
                comes_from={"policyArn": [f"urn:pulumi:dev::p::{POLICY}::p"]},
            ),
        ],
    )
    yield Program(
        "a cluster with generated names",
        [declare(ROLE, "node", props={"assumeRolePolicy": TRUST, "managedPolicyArns": [READ_ARN]})],
    )
    yield Program(
        "a user with keys",
        [
            declare(USER, "deployer", props={"name": "deployer"}),
            declare(
                "aws:iam/userPolicyAttachment:UserPolicyAttachment",
                "deployer",
                props={"user": "deployer", "policyArn": POWER_ARN},
            ),
        ],
    )
    yield Program(
        "administrators as a group",
        [
            declare(
                GROUP_POLICY,
                "admins",
                props={"group": "admins", "policy": json.dumps(document(EVERYTHING))},
                **member(),
            )
        ],
    )
    yield Program("a role with a boundary", [declare(ROLE, "r", props={"name": "r", "permissionsBoundary": ADMIN_ARN})])
    yield Program(
        "a stack of CloudFormation",
        [
            declare(
                "aws:cloudformation/stack:Stack",
                "vpc",
                props={"templateBody": '{"Resources": {"V": {"Type": "AWS::EC2::VPC"}}}'},
            )
        ],
    )
    yield Program(
        "a CloudFormation role in a member account",
        [
            declare(
                "aws:cloudformation/stack:Stack",
                "admin",
                props={
                    "templateBody": json.dumps(
                        {
                            "Resources": {
                                "R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [ADMIN_ARN]}}
                            }
                        }
                    ),
                    "capabilities": ["CAPABILITY_IAM"],
                },
                **member(),
            )
        ],
    )
    yield Program(
        "a stack set for all member accounts",
        [
            declare(
                "aws:cloudformation/stackSet:StackSet",
                "baseline",
                props={
                    "permissionModel": "SERVICE_MANAGED",
                    "templateBody": json.dumps(
                        {
                            "Resources": {
                                "R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [ADMIN_ARN]}}
                            }
                        }
                    ),
                },
            )
        ],
    )
    yield Program(
        "a second run, with outputs",
        [
            declare(
                ROLE,
                "app",
                props={"name": "app", "arn": f"arn:aws:iam::{MEMBER}:role/app", "managedPolicyArns": [ADMIN_ARN]},
            )
        ],
    )


def identity_center() -> Iterator[Program]:
    yield Program(
        "administrators in a member account", permission_set("AdministratorAccess", MEMBER, managed=ADMIN_ARN)
    )
    yield Program(
        "power users in member accounts", permission_set("PowerUsers", MEMBER, "555566667777", managed=POWER_ARN)
    )
    yield Program("a set that another stack assigns", permission_set("AdministratorAccess", managed=ADMIN_ARN))
    yield Program("administrators in an account that it creates", [*_created_and_assigned()])
    yield Program("readers in the management account", permission_set("ReadOnly", MANAGEMENT, managed=READ_ARN))
    yield Program(
        "billing in the management account",
        permission_set("Billing", MANAGEMENT, inline=document(allow("ce:*", "billing:*"))),
    )
    guarded = document(EVERYTHING, *guard_document()["Statement"])
    yield Program(
        "guarded administrators in the management account", permission_set("Admins", MANAGEMENT, inline=guarded)
    )
    yield Program("trusted access, protected", [declare(ACCESS, "sso", props={"servicePrincipal": SSO}, **PROTECTED)])
    yield Program(
        "trusted access and its administrator",
        [declare(ACCESS, "sso", props={"servicePrincipal": SSO}, **PROTECTED), _delegated(SSO, MEMBER)],
    )
    yield Program(
        "administrators in the administrator's account",
        [_delegated(SSO, MEMBER), *permission_set("Admins", MEMBER, managed=ADMIN_ARN)],
    )
    yield Program(
        "users and groups", [declare("aws:identitystore/user:User", "u"), declare("aws:identitystore/group:Group", "g")]
    )
    yield Program(
        "attributes for access control",
        [declare("aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes", "a")],
    )
    yield Program(
        "an instance in a member account", [declare("aws:ssoadmin/application:Application", "app", **member())]
    )


def organization_policies() -> Iterator[Program]:
    deny = json.dumps(document({"Effect": "Deny", "Action": "*", "Resource": "*"}))
    yield Program(
        "a service control policy", [declare(SCP, "deny", props={"content": deny}), declare(SCP_ATTACHMENT, "deny")]
    )
    yield Program(
        "a policy that denies leaving",
        [
            declare(
                SCP,
                "stay",
                props={
                    "content": json.dumps(
                        document({"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"})
                    )
                },
            )
        ],
    )
    yield Program("a full-access SCP", [declare(SCP, "full", props={"content": json.dumps(document(EVERYTHING))})])
    yield Program(
        "tag and backup policies",
        [declare(SCP, name, props={"type": name, "content": "{}"}) for name in ("TAG_POLICY", "BACKUP_POLICY")],
    )
    yield Program(
        "a whole list, protected", [organization(SSO, "guardduty.amazonaws.com", "config.amazonaws.com", **PROTECTED)]
    )
    yield Program("a list that is left alone", [organization("guardduty.amazonaws.com", **IGNORED)])
    yield Program(
        "an organization beside trusted access",
        [organization(**IGNORED), declare(ACCESS, "sso", props={"servicePrincipal": SSO}, **PROTECTED)],
    )
    yield Program(
        "units", [declare(UNIT, name, props={"name": name}) for name in ("Workloads", "Sandbox", "Suspended")]
    )
    yield Program(
        "a resource policy of the organization",
        [declare("aws:organizations/resourcePolicy:ResourcePolicy", "delegation")],
    )
    yield Program(
        "two organizations by two providers",
        [
            declare(ACCESS, "one", props={"servicePrincipal": SSO}, **PROTECTED, **only(MANAGEMENT)),
            declare(ACCESS, "two", props={"servicePrincipal": SSO}, **PROTECTED, **only("999988887777")),
        ],
    )


def security_services() -> Iterator[Program]:
    for service in (
        "guardduty",
        "config",
        "access-analyzer",
        "securityhub",
        "detective",
        "malware-protection.guardduty",
    ):
        principal = f"{service}.amazonaws.com"
        yield Program(
            f"trusted access for {service}", [declare(ACCESS, service, props={"servicePrincipal": principal})]
        )
    yield Program("guardduty's administrator", [_delegated("guardduty.amazonaws.com", MEMBER)])
    yield Program(
        "guardduty by its own resource",
        [
            declare(
                "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount", "g", props={"adminAccountId": MEMBER}
            )
        ],
    )
    yield Program("guardduty in one account", [declare("aws:guardduty/detector:Detector", "d", **member())])
    yield Program(
        "a log archive",
        [
            declare("aws:s3/bucket:Bucket", "logs", **member()),
            declare("aws:cloudtrail/trail:Trail", "all", props={"isOrganizationTrail": True}),
        ],
    )
    yield Program("a trail's role", role("cloudtrail", allow("logs:CreateLogStream", "logs:PutLogEvents")))
    yield Program(
        "config's service-linked role",
        [
            declare(
                "aws:iam/serviceLinkedRole:ServiceLinkedRole",
                "config",
                props={"awsServiceName": "config.amazonaws.com"},
            )
        ],
    )
    yield Program(
        "an aggregator",
        role("aggregator", managed=("arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations",)),
    )


def other_tools() -> Iterator[Program]:
    yield Program(
        "aws-native's role in an unknown account",
        [declare("aws-native:iam:Role", "r", props={"managedPolicyArns": [ADMIN_ARN]})],
    )
    yield Program(
        "aws-native's role elsewhere",
        [declare("aws-native:iam:Role", "r", props={"managedPolicyArns": [ADMIN_ARN]}, **member())],
    )
    yield Program(
        "a GitHub federation",
        [
            declare("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "gh"),
            *role("deploy", allow("cloudformation:*")),
        ],
    )
    yield Program(
        "a component with an alias",
        [declare("my:own:Component", "c", aliases=["urn:pulumi:dev::p::my:old:Component::c"])],
    )
    yield Program(
        "a bucket that is renamed",
        [declare("aws:s3/bucket:Bucket", "new", aliases=["urn:pulumi:dev::p::aws:s3/bucket:Bucket::old"])],
    )
    yield Program("nothing", [])


def what_can_end_sign_in() -> Iterator[Program]:
    access = declare(ACCESS, "sso", props={"servicePrincipal": SSO}, **PROTECTED)
    grants = frozenset({"no-disable-grant"})
    yield Program(
        "GuardDuty's own list",
        [organization("guardduty.amazonaws.com", **PROTECTED)],
        frozenset({"organization-keeps-sso"}),
    )
    yield Program(
        "trusted access that isn't protected",
        [declare(ACCESS, "sso", props={"servicePrincipal": SSO})],
        frozenset({"guarded-resources-protected"}),
    )
    yield Program("an administrator beside trusted access", [access, *role("Admin", managed=(ADMIN_ARN,))], grants)
    yield Program(
        "an administrator where accounts are created", [*made_account()[:1], *role("Admin", EVERYTHING)], grants
    )
    yield Program(
        "administrators of the account of an organization",
        [
            declare(ORGANIZATION, "o", props={"masterAccountId": MANAGEMENT}, **IGNORED),
            *permission_set("Admins", MANAGEMENT, managed=ADMIN_ARN),
        ],
        grants,
    )
    for operator in ("ArnLike", "StringEquals"):
        admin = {"aws:PrincipalArn": f"arn:aws:iam::{MANAGEMENT}:role/Admin"}
        yield Program(
            f"everything for a role by {operator}",
            [access, *role("Admin", {**EVERYTHING, "Condition": {operator: admin}})],
            grants,
        )
        own = json.dumps(document({**EVERYTHING, "Condition": {operator: admin}}))
        props = {"name": "Admin", "assumeRolePolicy": TRUST, "inlinePolicies": [{"name": "all", "policy": own}]}
        yield Program(f"everything for itself by {operator}", [access, declare(ROLE, "admin", props=props)], grants)
    template = {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [ADMIN_ARN]}}}}
    yield Program(
        "an administrator in a template that is an object",
        [access, declare("aws-native:cloudformation:Stack", "admin", props={"templateBody": template})],
        grants,
    )
    state = json.dumps(template["Resources"]["R"]["Properties"])
    control = {"typeName": "AWS::IAM::Role", "desiredState": state}
    yield Program(
        "an administrator by Cloud Control",
        [access, declare("aws:cloudcontrol/resource:Resource", "admin", props=control)],
        grants,
    )
    yield Program(
        "two owners by providers that may be one account",
        [access, declare(ACCESS, "again", props={"servicePrincipal": SSO}, provider={"profile": "other"}, **PROTECTED)],
        frozenset({"trusted-access-single-owner"}),
    )
    yield Program(
        "Identity Center's service-linked role",
        [declare("aws:iam/serviceLinkedRole:ServiceLinkedRole", "sso", props={"awsServiceName": SSO})],
        frozenset({"service-linked-role-untouched"}),
    )
    for key, value in (("name", "AWSServiceRoleForSSO"), ("path", "/aws-service-role/sso.amazonaws.com/")):
        yield Program(
            f"a role by the {key} of that role",
            [declare(ROLE, "own", props={key: value})],
            frozenset({"service-linked-role-untouched"}),
        )


def _delegated(service: str, account: Any, source: Declared | None = None) -> Declared:
    comes_from = {"accountId": [source.urn]} if source else {}
    administrator: Declared = declare(
        DELEGATED, service, props={"accountId": account, "servicePrincipal": service}, comes_from=comes_from
    )
    return administrator


def _created_and_assigned() -> Iterator[Declared]:
    account, _, _ = made_account()
    *parts, assignment = permission_set("Admins", UNKNOWN, managed=ADMIN_ARN)
    yield from (account, *parts)
    sources = {**assignment.comes_from, "targetId": [account.urn]}
    yield declare(ASSIGNMENT, "created", props=dict(assignment.props), comes_from=sources)
