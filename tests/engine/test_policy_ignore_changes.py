"""Which spellings of ignoreChanges the engine honours, and that the pack and `ignores_list` believe exactly those.

A spelling that looks good and does nothing is the worst case: the list is then applied, and trusted access goes. Every
spelling is a resource of one program, so that one preview, in event lines, tells what engine and pack make of each.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from pulumi_aws_identity_center.domain.organization_list import ignores_list

LIST = "awsServiceAccessPrincipals"
HONOURED = [LIST, f'["{LIST}"]', "*", "[*]", '["*"]']
NOT_HONOURED = [
    f"{LIST}[*]",
    f"{LIST}[0]",
    f"{LIST}.*",
    f"['{LIST}']",
    f"[{LIST}]",
    f" {LIST}",
    f"{LIST} ",
    "aws_service_access_principals",
]
SPELLINGS = [*HONOURED, *NOT_HONOURED]
EVENTS = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}

# Without Pulumi's typed class its SDK translates no names, as YAML and the others don't. "alone" gives no list at all.
IMPORTED = ', import_="o-exampleorg01"'
PROGRAM = """
import pulumi
import pulumi_aws as aws
for number, spelling in enumerate({spellings!r}):
    pulumi.CustomResource(
        "aws:organizations/organization:Organization",
        f"org-{{number}}",
        {{"awsServiceAccessPrincipals": {listed}, "featureSet": "ALL"}},
        pulumi.ResourceOptions(protect=True, ignore_changes=[spelling] if {ignored} else []{more}),
    )
aws.organizations.Organization(
    "typed",
    aws_service_access_principals={listed},
    opts=pulumi.ResourceOptions(protect=True, ignore_changes=["aws_service_access_principals"]{more}),
)
aws.organizations.Organization(
    "alone", opts=pulumi.ResourceOptions(protect=True, ignore_changes=["awsServiceAccessPrincipals"]{more})
)
"""


def _program(listed: list[str], *, ignored: bool, more: str = "") -> str:
    return PROGRAM.format(spellings=SPELLINGS, listed=listed, ignored=ignored, more=more)


def test_engine_pack_and_package_honour_the_same_spellings(new_stack: Callable, policies: str) -> None:
    stack = new_stack(_program(["sso.amazonaws.com"], ignored=False, more=IMPORTED))
    stack.up()
    stack.up("--policy-pack", policies, "--refresh")
    assert "DisableAWSServiceAccess" not in stack.session.operations()

    stack.write(_program([], ignored=True))
    preview = stack.pulumi("preview", "--json", "--policy-pack", policies, check=False, env=EVENTS)
    events = [json.loads(line) for line in preview.out.splitlines()]
    steps = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
    disables = {step["urn"].rpartition("::")[2] for step in steps if step["op"] == "update"}
    refused = {
        event["policyEvent"]["resourceUrn"].rpartition("::")[2]
        for event in events
        if event.get("policyEvent", {}).get("policyName") == "organization-keeps-sso"
    }
    expected = {f"org-{SPELLINGS.index(spelling)}" for spelling in NOT_HONOURED}
    assert disables == expected
    assert refused == expected
    assert [spelling for spelling in SPELLINGS if not ignores_list([spelling])] == NOT_HONOURED


PARTS = [f"{LIST}[0]", f"{LIST}[1]", f"{LIST}[*]", f'["{LIST}"][0]', f"{LIST}.0"]
OTHERS = [["ram.amazonaws.com"], ["ram.amazonaws.com", "config.amazonaws.com"]]


def test_the_pack_judges_paths_into_lists_as_the_engine(new_stack: Callable, policies: str) -> None:
    stack = new_stack(PROGRAM.format(spellings=PARTS, listed=["sso.amazonaws.com"], ignored=False, more=IMPORTED))
    stack.up("--skip-preview")
    for listed in OTHERS:
        stack.write(PROGRAM.format(spellings=PARTS, listed=listed, ignored=True, more=""))
        preview = stack.pulumi("preview", "--json", "--policy-pack", policies, check=False, env=EVENTS)
        events = [json.loads(line) for line in preview.out.splitlines()]
        steps = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        inputs = {step["urn"].rpartition("::")[2]: (step["new"] or {}).get("inputs", {}) for step in steps}
        lost = {
            name
            for name, value in inputs.items()
            if name.startswith("org-") and "sso.amazonaws.com" not in value.get(LIST, ["sso.amazonaws.com"])
        }
        refused = {
            event["policyEvent"]["resourceUrn"].rpartition("::")[2]
            for event in events
            if event.get("policyEvent", {}).get("policyName") == "organization-keeps-sso"
        }
        assert lost == {name for name in refused if name.startswith("org-")}, listed
        assert lost


# Old list, path, new list: what the engine makes of the new one.
OLD = ["ram.amazonaws.com", "sso.amazonaws.com"]
PARTIAL: list[tuple[str, list[str], list[str]]] = [
    (f"{LIST}[0]", ["config.amazonaws.com"], ["ram.amazonaws.com"]),
    (f"{LIST}[0]", ["sso.amazonaws.com", "ram.amazonaws.com"], ["ram.amazonaws.com", "ram.amazonaws.com"]),
    (f"{LIST}[1]", ["config.amazonaws.com", "ram.amazonaws.com"], ["config.amazonaws.com", "sso.amazonaws.com"]),
    (f'["{LIST}"][1]', ["config.amazonaws.com"], ["config.amazonaws.com"]),
    (f"{LIST}[*]", ["config.amazonaws.com", "ram.amazonaws.com"], OLD),
    (f"{LIST}[*]", ["config.amazonaws.com"], ["ram.amazonaws.com"]),
    (f"{LIST}[*]", [], []),
]
PARTIAL_PROGRAM = """
import pulumi
for number, (path, listed, _) in enumerate({cases!r}):
    pulumi.CustomResource(
        "aws:organizations/organization:Organization",
        f"org-{{number}}",
        {{"awsServiceAccessPrincipals": {listed}, "featureSet": "ALL"}},
        pulumi.ResourceOptions(protect=True, {more}),
    )
"""


def test_a_path_into_the_list_restores_old_elements(new_stack: Callable) -> None:
    first = PARTIAL_PROGRAM.format(cases=PARTIAL, listed=OLD, more='import_="o-exampleorg01"')
    stack = new_stack(first)
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    stack.up("--skip-preview")
    stack.write(PARTIAL_PROGRAM.format(cases=PARTIAL, listed="listed", more="ignore_changes=[path]"))
    digest = json.loads(stack.pulumi("preview", "--json", "--show-sames").out)
    after = {step["urn"].rpartition("-")[2]: step["newState"].get("inputs", {}) for step in digest["steps"]}
    for number, (path, _, becomes) in enumerate(PARTIAL):
        assert after[str(number)].get(LIST, []) == becomes, path
        assert not ignores_list([path])


def test_the_engine_ignores_nothing_of_a_creation(new_stack: Callable) -> None:
    """So the gate counts what the list of a new organization turns on."""
    stack = new_stack(_program(["sso.amazonaws.com"], ignored=True))
    digest = json.loads(stack.pulumi("preview", "--json").out)
    new = {step["urn"].rpartition("::")[2]: step["newState"] for step in digest["steps"] if step["op"] == "create"}
    for number, spelling in enumerate(SPELLINGS):
        assert new[f"org-{number}"]["ignoreChanges"] == [spelling]
        assert new[f"org-{number}"]["inputs"][LIST] == ["sso.amazonaws.com"], spelling
