"""The report for a person names each step of an escalation and marks accepted findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.text_report import markdown_lines, plain_lines, terminal_lines
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable

from tests.components.access.iam_account import ACCOUNT, AWS, allow, check_paths, document, group, role, user
from tests.walk import walk

TRUSTS_LAMBDA = {"Principal": {"Service": "lambda.amazonaws.com"}}
ADMINISTRATOR = f"{AWS}/AdministratorAccess"
HEADLINE = "2 principals can lock everybody out (the root user always can)"


@pytest.fixture
def report():
    """A member of a group may pass an administrator's role to a service."""
    devs = group("devs", allow("iam:PassRole", on=f"{ACCOUNT}:role/*"))
    devs["GroupPolicyList"][0]["PolicyName"] = "deploy"
    page = {
        "UserDetailList": [user(groups=["devs"])],
        "GroupDetailList": [devs],
        "RoleDetailList": [role("ci-admin", managed=[ADMINISTRATOR], trust=TRUSTS_LAMBDA)],
        "Policies": [],
    }
    return who_can_disable(read_account([page], RELEVANT_ACTIONS))


def text_of(report, width=200):
    return [line.text for line in terminal_lines(report, width)]


def test_each_step_names_principal_action_resource_and_policy(report):
    text = text_of(report)
    pass_role = "user/ann may call iam:PassRole on role/ci-admin to lambda.amazonaws.com (policy deploy of group devs)"
    disable = "role/ci-admin may call organizations:DisableAWSServiceAccess (policy AdministratorAccess)"
    step = next(number for number, line in enumerate(text) if pass_role in line)
    assert text[step : step + 2] == [f"  path            {pass_role}", f"    then          {disable}"]
    headline, *lines = plain_lines(report)
    assert headline == f"{HEADLINE}."
    assert f"  path: {pass_role}\n    then: {disable}" in "\n".join(lines)
    assert any(f"{pass_role} → {disable}" in line for line in markdown_lines(report))


def test_the_docs_show_what_is_printed(report):
    page = (Path(__file__).parents[3] / "docs" / "who-can-disable.md").read_text("utf-8")
    example = page.split("```")[1].strip().splitlines()
    text = text_of(report)
    start = text.index(example[0])
    assert text[start : start + len(example)] == example


def test_the_json_names_the_same_steps(report):
    (path,) = report["principals"][0]["paths"]
    assert path == [
        {
            "principal": f"{ACCOUNT}:user/ann",
            "action": "iam:PassRole",
            "resource": f"{ACCOUNT}:role/ci-admin",
            "through": ["deploy"],
            "context": {"iam:PassedToService": "lambda.amazonaws.com"},
            "groups": ["devs"],
        },
        {
            "principal": f"{ACCOUNT}:role/ci-admin",
            "action": "organizations:DisableAWSServiceAccess",
            "resource": "*",
            "through": [ADMINISTRATOR],
        },
    ]


def test_a_path_through_others_ends_at_the_lock_out_action():
    roles = [
        role("first", allow("iam:UpdateAssumeRolePolicy", on=f"{ACCOUNT}:role/second")),
        role("second", allow("iam:UpdateAssumeRolePolicy", on=f"{ACCOUNT}:role/third")),
        role("third", allow("organizations:*")),
    ]
    page = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}
    rows = who_can_disable(read_account([page], RELEVANT_ACTIONS))["principals"]
    names = [[step["principal"].rpartition("/")[2] for step in row["paths"][0]] for row in rows if "paths" in row]
    assert names == [["first", "second", "third"], ["second", "third"]]


def test_a_very_long_path_names_who_goes_on():
    names = [f"role-{number:02}" for number in range(20)]
    may_follow = [allow("iam:UpdateAssumeRolePolicy", on=f"{ACCOUNT}:role/{name}") for name in names[1:]]
    roles = [
        role(name, statement) for name, statement in zip(names, [*may_follow, allow("organizations:*")], strict=True)
    ]
    page = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}
    text = text_of(who_can_disable(read_account([page], RELEVANT_ACTIONS)))
    assert next(line for line in text if "so on" in line).endswith(
        "role/role-12 (policy inline), and so on: see role/role-12"
    )


def test_actions_of_which_one_is_enough_are_one_step():
    ann = user(allow("iam:PutUserPolicy", "iam:CreatePolicyVersion"), managed=[f"{ACCOUNT}:policy/own"])
    policies = [
        {
            "Arn": f"{ACCOUNT}:policy/own",
            "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document(allow("s3:*"))}],
        }
    ]
    page = {"UserDetailList": [ann], "GroupDetailList": [], "RoleDetailList": [], "Policies": policies}
    text = "\n".join(text_of(who_can_disable(read_account([page], RELEVANT_ACTIONS))))
    assert "call iam:PutUserPolicy on user/ann, or iam:CreatePolicyVersion on policy/own (policy inline)" in text


def test_an_alternative_over_another_role_is_named_too():
    trusts_ann = {"Principal": {"AWS": f"{ACCOUNT}:user/ann"}}
    first_role = role("one", allow("iam:*", on=f"{ACCOUNT}:role/two"), trust=trusts_ann)
    two = role("two", trust=trusts_ann)
    page = {
        "UserDetailList": [user(allow("iam:DeleteRolePolicy"))],
        "GroupDetailList": [],
        "RoleDetailList": [first_role, two],
        "Policies": [],
    }
    report = who_can_disable(read_account([page], RELEVANT_ACTIONS))
    check_paths(report)
    assert any("or" in step for row in report["principals"] for path in row.get("paths", ()) for step in path)


@walk(
    ("accepted", "undetermined", "end", "style"),
    [
        (0, 0, ".", "bold red"),
        (1, 0, ": 1 accepted.", "bold red"),
        (2, 0, ": all accepted.", "bold green"),
        (2, 1, ": all accepted, 1 undetermined.", "bold yellow"),
    ],
)
def test_the_headline_counts_and_colours_what_is_not_accepted(report, accepted, undetermined, end, style):
    for row in report["principals"][:accepted]:
        row["accepted"] = "--baseline"
    report["undetermined"] = [{"arn": "*", "kind": "account", "what": "who can", "detail": "broke off"}] * undetermined
    headline = next(iter(terminal_lines(report, 120)))
    assert (headline.text, headline.style) == (HEADLINE + end, style)


def test_a_headline_about_nobody_is_green_and_has_no_counts():
    headline = next(iter(terminal_lines({"principals": [], "undetermined": []}, 120)))
    assert headline.text == "No principal can lock everybody out (the root user always can)."
    assert headline.style == "bold green"


def test_the_terminal_lists_accepted_principals_last_by_name_only(report):
    report["principals"][0]["accepted"] = "--allow *:user/ann"
    text = text_of(report)
    assert text[-1] == "user/ann, by group devs, accepted by --allow *:user/ann"
    assert text[2] == "role/ci-admin"
    assert not any("PassRole" in line for line in text)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(report, width):
    report["principals"].append({**report["principals"][0], "new": ["iam:PassRole"] * 9})
    report["principals"][1]["accepted"] = "--baseline"
    report["undetermined"] = [{"arn": "*", "kind": "account", "what": "who can", "detail": "it broke off " * 20}]
    assert max(map(len, text_of(report, width))) <= width


SET_ACTIONS = (
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
)


def test_paths_that_differ_in_one_action_are_one_with_its_policies_once():
    ann = user(allow("sso:CreateAccountAssignment", *SET_ACTIONS))
    page = {"UserDetailList": [ann], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    text = "\n".join(text_of(who_can_disable(read_account([page], RELEVANT_ACTIONS))))
    assert text.count("  path  ") == 1
    assert " or ".join(SET_ACTIONS) in text
    assert text.count("(policy inline)") == 1


def test_a_principal_without_paths_has_the_reason():
    page = {"UserDetailList": [user(allow("*"))], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    lines = list(plain_lines(who_can_disable(read_account([page], RELEVANT_ACTIONS))))
    assert lines[-1] == "  path: not listed: it can call every lock-out action itself"


def stoppers_sentence(rows):
    return list(plain_lines({"principals": [], "undetermined": [], "sentinel": rows}))[-1]


def test_those_who_can_stop_the_sentinel_are_named():
    rows = [{"arn": f"{ACCOUNT}:role/{name}", "kind": "role", "actions": []} for name in ("one", "two")]
    assert stoppers_sentence(rows) == "Certainly can stop the Sentinel: role/one, role/two"


def test_that_nobody_is_known_to_stop_the_sentinel_rules_nobody_out():
    assert stoppers_sentence([]) == "Certainly can stop the Sentinel: nobody but the root user"
