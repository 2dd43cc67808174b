"""Moving trusted access about never disables it: rename, another parent, import, another stack, a replacement.

Break-glass, which really disables, is tests/engine/test_examples.py's.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

SSO = "sso.amazonaws.com"
HEAD = "import pulumi\nimport pulumi_aws as aws\nfrom pulumi_aws_identity_center import TrustedAccess\n"
# What a stack of before the child's name told what it is for has in its state.
EARLIER = """
class Earlier(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("aws-identity-center:index:TrustedAccess", name)
        options = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        aws.organizations.AwsServiceAccess(name, service_principal="sso.amazonaws.com", opts=options)
        self.register_outputs({})
Earlier("sso")
"""
RENAMED = 'TrustedAccess("new", {}, pulumi.ResourceOptions(aliases=[pulumi.Alias(name="sso")]))\n'
MOVED = """
parent = pulumi.ComponentResource("my:index:Parent", "parent")
alias = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
TrustedAccess("new", {}, pulumi.ResourceOptions(parent=parent, aliases=[alias]))
"""
REFUSED = {
    "another principal": (MOVED.replace("{}", f'{{"servicePrincipal": "{"ram.amazonaws.com"}"}}'), "replace"),
}


def _never_disabled(stack) -> bool:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    on = SSO in [row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]]
    return on and "DisableAWSServiceAccess" not in stack.session.operations()


def _changes(stack) -> list[str]:
    out = stack.up().out
    return [word for word in ("deleted", "replaced") if word in out]


def test_whatever_one_stack_does_it_stays_on(new_stack: Callable) -> None:
    stack = new_stack(HEAD + EARLIER)
    stack.up()
    for program in ('TrustedAccess("sso")\n', RENAMED, MOVED):
        stack.write(HEAD + program)
        assert _changes(stack) == [], program
        assert _never_disabled(stack)
    assert len([row for row in stack.state() if row["type"].endswith(":AwsServiceAccess")]) == 1

    for what, (program, message) in REFUSED.items():
        stack.write(HEAD + program)
        result = stack.preview(check=False)
        assert result.code != 0, what
        assert message in result.text, what
        assert "Traceback" not in result.text
    _closes_again(stack)
    stack.write("")
    assert "cannot be deleted" in stack.preview(check=False).text  # no code of ours runs here
    assert _never_disabled(stack)

    stack.pulumi("state", "unprotect", "--all", "--yes")
    stack.up()
    assert stack.state()[0]["type"] == "pulumi:pulumi:Stack"
    assert len(stack.state()) == 1
    assert _never_disabled(stack)


def _closes_again(stack) -> None:
    """Break-glass is opened, and its date passes: the next update protects again, before it fails."""
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    for expires in (tomorrow, "2020-01-01"):
        opened = f'{{"breakGlass": {{"reason": "r", "expires": "{expires}"}}}}'
        stack.write(HEAD + MOVED.replace("{}", opened))
        if expires == tomorrow:
            assert "also after this date, until a pulumi up without breakGlass" in stack.up().text
            assert _options(stack) == [(False, False)]
    # The date is asked for where the program runs; a plain destroy runs none.
    preview = stack.pulumi("destroy", "--run-program", "--preview-only", check=False)
    assert "break-glass is over" in preview.text
    assert preview.code != 0
    closed = stack.up("--skip-preview", check=False)
    assert closed.code != 0
    assert "which is past: break-glass is over. This update has protected new again." in closed.text
    assert "Traceback" not in closed.text
    assert _options(stack) == [(True, True)]
    assert "cannot be deleted" in stack.pulumi("destroy", "--preview-only", check=False).text


def _options(stack) -> list[tuple[bool, bool]]:
    rows = [row for row in stack.state() if row["type"].endswith(":AwsServiceAccess")]
    return [(row.get("protect", False), row.get("retainOnDelete", False)) for row in rows]


def test_an_imported_resource_moves_into_the_component(new_stack: Callable) -> None:
    stack = new_stack(HEAD)
    token = "aws:organizations/awsServiceAccess:AwsServiceAccess"
    stack.pulumi("import", "--yes", "--generate-code=false", "--skip-preview", token, "access", SSO)
    stack.write(HEAD + 'TrustedAccess("sso")\n')
    assert _changes(stack) == []
    [access] = [row for row in stack.state() if row["type"].endswith(":AwsServiceAccess")]
    assert "TrustedAccess$aws" in access["urn"]
    assert (access["protect"], access["retainOnDelete"]) == (True, True)
    assert _never_disabled(stack)


def test_it_can_move_to_another_stack(new_stack: Callable) -> None:
    source = new_stack(HEAD + 'TrustedAccess("sso")\n', project="source")
    source.up()
    target = new_stack("", session=source.session, project="target")
    target.up()
    urn = next(row["urn"] for row in source.state() if row["type"].endswith(":AwsServiceAccess"))
    where = ("--source", "organization/source/dev", "--dest", "organization/target/dev")
    source.pulumi("state", "move", "--yes", *where, urn)
    [access] = [row for row in target.state() if row["type"].endswith(":AwsServiceAccess")]
    assert (access["protect"], access["retainOnDelete"]) == (True, True)
    assert [row for row in source.state() if row["type"].endswith(":AwsServiceAccess")] == []
    # There the same component takes it over.
    target.write(HEAD + 'TrustedAccess("sso")\n')
    assert _changes(target) == []
    assert _never_disabled(source)


PARTS = """
from pulumi_aws_identity_center import DelegatedAdministrator, Instance, OperatorPermissions
access = TrustedAccess("sso").service_principal
attributes = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
roles = [{"name": "op", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}]
Instance("sso", {"trustedAccess": access, "accessControlAttributes": attributes})
OperatorPermissions("sso", {"roles": roles, "policyPrefix": "ours-"})
DelegatedAdministrator("sso", {"trustedAccess": access, "accountId": "222233334444"})
"""
WHOLE = """
from pulumi_aws_identity_center import OrganizationSso
attributes = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
roles = [{"name": "op", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}]
arguments = {"operatorRoles": roles, "policyPrefix": "ours-", "accessControlAttributes": attributes}
arguments["delegatedAdministratorAccountId"] = "222233334444"
OrganizationSso("all", arguments, OPTS)
"""


def test_a_stack_grows_from_the_parts_to_the_whole_organization(new_stack: Callable) -> None:
    """As docs/components.md says."""
    stack = new_stack(HEAD + PARTS)
    stack.up()
    stack.write(HEAD + WHOLE.replace("OPTS", 'pulumi.ResourceOptions(aliases=[pulumi.Alias(name="sso")])'))
    before, ids = len(stack.session.operations()), {row["id"] for row in stack.state() if "id" in row}
    assert _changes(stack) == []
    # Only the component is new: nothing is made, nothing is changed.
    operations = stack.session.operations()[before:]
    assert [name for name in operations if not name.startswith(("Get", "List", "Describe"))] == []
    assert {row["id"] for row in stack.state() if "id" in row} == ids
    stack.up("--expect-no-changes")
    [access] = [row for row in stack.state() if row["type"].endswith(":AwsServiceAccess")]
    assert "OrganizationSso$aws-identity-center:index:TrustedAccess$aws" in access["urn"]
    assert (access["protect"], access["retainOnDelete"]) == (True, True)
    assert _never_disabled(stack)


ALL_PARTS = """
from pulumi_aws_identity_center import OrganizationSso
roles = [{"name": "op", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}]
sets = {"ReadOnly": {"managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}}
arguments = {"operatorRoles": roles, "sentinel": {}, "accessMatrix": {"permissionSets": sets}}
parent = pulumi.ComponentResource("my:index:Parent", "parent")
Alias = pulumi.Alias
"""
FIRST = 'OrganizationSso("one", arguments)\n'
UNDER_ANOTHER_NAME = 'OrganizationSso("two", arguments, pulumi.ResourceOptions(ALIAS))\n'
UNDER_ANOTHER_PARENT = 'OrganizationSso("two", arguments, pulumi.ResourceOptions(parent=parentALIAS))\n'


def test_a_component_with_fixed_names_moves_by_the_alias_of_the_docs(new_stack: Callable) -> None:
    stack = new_stack(HEAD + ALL_PARTS + FIRST)
    stack.up()
    before = len(stack.session.operations())
    stack.write(HEAD + ALL_PARTS + UNDER_ANOTHER_PARENT.replace("ALIAS", ""))
    assert stack.preview(check=False).code != 0
    for program, alias in (
        (UNDER_ANOTHER_NAME, 'aliases=[Alias(name="one")]'),
        (UNDER_ANOTHER_PARENT, ", aliases=[Alias(parent=pulumi.ROOT_STACK_RESOURCE)]"),
    ):
        stack.write(HEAD + ALL_PARTS + program.replace("ALIAS", alias))
        assert _changes(stack) == []
    operations = stack.session.operations()[before:]
    assert [name for name in operations if not name.startswith(("Get", "List", "Describe"))] == []
