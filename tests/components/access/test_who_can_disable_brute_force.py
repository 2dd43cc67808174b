"""who-can-disable against the plainest reading of IAM there is, on generated accounts: every principal asked for every
action under every circumstance, and roles followed until nothing changes."""

from __future__ import annotations

import fnmatch
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from tests.components.access.iam_account import check_paths
from tests.property_examples import examples

ACCOUNT = "arn:aws:iam::111122223333"
USERS, ROLES, GROUPS = ["ann", "bob"], ["one", "two"], ["ops"]
POLICIES = [f"{ACCOUNT}:policy/{name}" for name in "pq"]
ARNS = [*(f"{ACCOUNT}:user/{name}" for name in USERS), *(f"{ACCOUNT}:role/{name}" for name in ROLES)]
ACTIONS = ["*", "organizations:*", "organizations:D*", "sso:DeleteInstance", "sts:AssumeRole", "STS:*", "s3:*"]
SERVICES = ["sso.amazonaws.com", "config.amazonaws.com"]

conditions = st.sampled_from(
    [
        {},
        {},
        {},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        *({"StringEquals": {"organizations:ServicePrincipal": service}} for service in SERVICES),
        *({"ArnNotEquals": {"aws:PrincipalArn": arn}} for arn in ARNS),
    ]
)
statements = st.builds(
    lambda effect, name, actions, resource, condition: {
        "Effect": effect,
        name: actions,
        "Resource": resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Action", "Action", "Action", "NotAction"]),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2),
    st.sampled_from(["*", "*", f"{ACCOUNT}:role/one", f"{ACCOUNT}:role/t*"]),
    conditions,
)
# A wildcard over all actions would include IAM's own, whose ways around have tests of their own.
NO_IAM = {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {}}
documents = st.lists(statements, max_size=2).map(lambda found: {"Version": "2012-10-17", "Statement": found})
trusts = st.lists(st.sampled_from([f"{ACCOUNT}:root", *ARNS]), max_size=2).map(
    lambda names: {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": names}}]}
)
holders = st.fixed_dictionaries(
    {
        "inline": documents,
        "managed": st.lists(st.sampled_from(POLICIES), max_size=1),
        "boundary": st.sampled_from([None, None, *POLICIES]),
        "groups": st.lists(st.sampled_from(GROUPS), max_size=1),
        "trust": trusts,
    }
)
accounts = st.fixed_dictionaries(
    {
        "policies": st.fixed_dictionaries(dict.fromkeys(POLICIES, documents)),
        "group": holders,
        **dict.fromkeys(ARNS, holders),
    }
)


def details(account):
    """The account as GetAccountAuthorizationDetails gives it."""

    def row(arn, kind, holder):
        own = {"Version": "2012-10-17", "Statement": [*holder["inline"]["Statement"], NO_IAM]}
        row = {"Arn": arn, f"{kind}Name": arn.rpartition("/")[2]}
        row[f"{kind}PolicyList"] = [{"PolicyName": "inline", "PolicyDocument": own}]
        row["AttachedManagedPolicies"] = [{"PolicyArn": policy, "PolicyName": "x"} for policy in holder["managed"]]
        if holder["boundary"] and kind != "Group":
            row["PermissionsBoundary"] = {"PermissionsBoundaryArn": holder["boundary"]}
        more = {"User": {"GroupList": holder["groups"]}, "Role": {"AssumeRolePolicyDocument": holder["trust"]}}
        return {**row, **more.get(kind, {})}

    return {
        "UserDetailList": [row(arn, "User", account[arn]) for arn in ARNS if ":user/" in arn],
        "RoleDetailList": [row(arn, "Role", account[arn]) for arn in ARNS if ":role/" in arn],
        "GroupDetailList": [row(f"{ACCOUNT}:group/ops", "Group", account["group"])],
        "Policies": [
            {"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document}]}
            for arn, document in account["policies"].items()
        ],
    }


def met(condition, context):
    for name, keys in condition.items():
        for key, wanted in keys.items():
            value = context.get(key)
            if name == "ArnNotEquals":
                good = value != wanted
            else:
                good = value == wanted or (value is None and name.endswith("IfExists"))
            if not good:
                return False
    return True


def says(effect, statements, action, resource, context):
    for statement in statements:
        named = statement.get("Action") or statement["NotAction"]
        about = any(fnmatch.fnmatchcase(action.lower(), name.lower()) for name in named) is ("Action" in statement)
        at = fnmatch.fnmatchcase(resource, statement["Resource"])
        if statement["Effect"] == effect and about and at and met(statement["Condition"], context):
            return True
    return False


def may(account, arn, action, resource, context, trust=None):
    holder = account[arn]
    own = [*holder["inline"]["Statement"]]
    for entity in [holder, *([account["group"]] if ":user/" in arn and holder["groups"] else [])]:
        own += entity["inline"]["Statement"] if entity is not holder else []
        own += [s for policy in entity["managed"] for s in account["policies"][policy]["Statement"]]
    bound = account["policies"][holder["boundary"]]["Statement"] if holder["boundary"] else None
    if says("Deny", [*own, *(bound or ())], action, resource, context):
        return False
    allowed = says("Allow", own, action, resource, context)
    within = bound is None or says("Allow", bound, action, resource, context)
    if trust is None:
        return allowed and within
    names = trust["Statement"][0]["Principal"]["AWS"]
    if arn in names:
        return within or ":user/" in arn
    return f"{ACCOUNT}:root" in names and allowed and within


def brute_force(account):
    """ARN → the lock-out actions it can call; and the ARNs that reach one that can by assuming roles."""
    actions, reaches = {}, set()
    for arn in ARNS:
        circumstances = [
            {"aws:PrincipalArn": arn, **({} if mfa is None else {"aws:MultiFactorAuthPresent": mfa})}
            for mfa in (None, "true", "false")
        ]
        service = {LOCK_OUT_ACTIONS[0]: {"organizations:ServicePrincipal": SERVICES[0]}}
        actions[arn] = [
            action
            for action in LOCK_OUT_ACTIONS
            if any(may(account, arn, action, "*", {**c, **service.get(action, {})}) for c in circumstances)
        ]
    for _ in ARNS:
        for arn, target in itertools.product(ARNS, ARNS):
            if ":role/" in target and arn != target and (actions[target] or target in reaches):
                contexts = [{"aws:PrincipalArn": arn}]
                contexts += [{**contexts[0], "aws:MultiFactorAuthPresent": mfa} for mfa in ("true", "false")]
                if any(may(account, arn, "sts:AssumeRole", target, c, account[target]["trust"]) for c in contexts):
                    reaches.add(arn)
    return actions, reaches


@settings(max_examples=examples(120), deadline=None)
@given(accounts)
def test_it_agrees_with_brute_force_on_generated_accounts(account):
    report = who_can_disable(read_account([details(account)], RELEVANT_ACTIONS))
    check_paths(report)
    actions, reaches = brute_force(account)
    assert report["undetermined"] == []
    reported = {row["arn"]: row for row in report["principals"]}
    assert {arn: row["actions"] for arn, row in reported.items() if row["actions"]} == {
        arn: actions_of for arn, actions_of in actions.items() if actions_of
    }
    assert {arn for arn, row in reported.items() if "sts:AssumeRole" in row["escalation"]} == reaches
    assert set(reported) == {arn for arn, actions_of in actions.items() if actions_of} | reaches


@settings(max_examples=40, deadline=None)
@given(accounts)
def test_the_order_of_the_lists_changes_nothing(account):
    page = details(account)
    turned = {name: rows[::-1] for name, rows in page.items()}
    report, other = (who_can_disable(read_account([lists], RELEVANT_ACTIONS)) for lists in (page, turned))
    assert report == other
