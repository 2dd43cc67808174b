"""A guard that exempts more than before is found, by whichever condition key it does, and in however many parts."""

from __future__ import annotations

import json

import pytest
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.gate.guards import denial

from tests.walk import walk

MEMBER = "222233334444"
EXEMPT = "arn:aws:iam::111122223333:role/break-glass"
POLICY, INLINE = "aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"
GUARD = guard_document()


def _exempting(condition: dict[str, dict[str, str]]) -> str:
    rows = [{**row, "Condition": {**row.get("Condition", {}), **condition}} for row in GUARD["Statement"]]
    return json.dumps({**GUARD, "Statement": rows})


BY_KEY = {
    "aws:PrincipalArn": "arn:aws:iam::111122223333:user/ann",
    "aws:username": "ann",
    "aws:PrincipalAccount": MEMBER,
    "aws:PrincipalType": "FederatedUser",
}


@walk("form", ["digest", "events"])
@walk("key", BY_KEY)
def test_an_exemption_by_any_key_is_found(gate, form: str, key: str) -> None:
    old = {"name": "own", "policy": json.dumps(GUARD), "arn": "arn:aws:iam::111122223333:policy/own"}
    new = {**old, "policy": _exempting({"StringNotEquals": {key: BY_KEY[key]}})}
    grown = gate.step("update", POLICY, gate.state(old, old), gate.state(new))
    assert gate.verdict(getattr(gate, form)(grown)) == ("undetermined", ["guard-widened"])
    assert gate.verdict(
        getattr(gate, form)({**grown, "oldState": gate.state(new, new), "newState": gate.state(old)})
    ) == (
        "safe",
        [],
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a??"}}, {"StringNotLike": {"aws:username": "ann"}}),
        ({"StringNotLike": {"aws:username": "a*"}}, {"StringNotLike": {"aws:username": "*"}}),
    ],
    ids=["a user below a path", "whoever has another name"],
)
def test_an_exemption_that_takes_another_s_place_is_found(gate, before, after) -> None:
    old, new = ({"name": "own", "policy": _exempting(condition)} for condition in (before, after))
    step = gate.step("update", POLICY, gate.state(old), gate.state(new))
    assert gate.verdict(gate.digest(step))[0] != "safe"


def test_these_are_all_keys_that_tell_principals_apart() -> None:
    """A condition on any other key makes a denial one that isn't certain, and so one that is lost."""
    known = set(denial._request("sso:DeleteInstance", EXEMPT).context)
    assert known - {"aws:PrincipalIsAWSService", "organizations:ServicePrincipal"} == set(BY_KEY)


@walk("patterns", [["mal*", "*ory"], ["mal*", "*lor*", "*ory"]])
@walk("policies", ["one", "several"])
def test_statements_that_exempt_one_role_together_are_found(gate, patterns: list[str], policies: str) -> None:
    documents = [_exempting({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{part}"}}) for part in patterns]
    if policies == "one":
        rows = [row for document in documents for row in json.loads(document)["Statement"]]
        documents = [json.dumps({**GUARD, "Statement": rows})]
    old = gate.state({"role": "r", "name": "0", "policy": json.dumps(GUARD)})
    news = [
        gate.state({"role": "r", "name": str(number), "policy": document}) for number, document in enumerate(documents)
    ]
    steps = [gate.step("update", INLINE, old, news[0]), *(gate.step("create", INLINE, None, new) for new in news[1:])]
    numbered = [{**step, "urn": f"{step['urn']}-{number}"} for number, step in enumerate(steps)]
    assert gate.verdict(gate.digest(*numbered)) == ("undetermined", ["guard-widened"])


@pytest.mark.parametrize("name", ["break-glass", "break-*"])
def test_a_guard_counts_for_a_role_that_it_exempts(gate, name: str) -> None:
    """Its ARN has a path that the plan doesn't tell."""
    own = _exempting({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::111122223333:role/{name}"}})
    state = gate.state({"role": "break-glass", "name": "guard", "policy": own})
    assert gate.verdict(gate.digest(gate.step("delete", INLINE, state, None))) == ("unsafe", ["guard-removed"])


@walk("old", ["[secret]", "{"])
@walk("names", [["role/r1"], ["role/mal*", "role/*ory"]])
def test_a_guard_that_exempts_nobody_alone_replaces_an_unread_one(gate, old: str, names: list[str]) -> None:
    old = old if old == "[secret]" else json.dumps(GUARD)[:-1]
    exempting = [_exempting({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:{name}"}}) for name in names]
    rows = [row for document in exempting for row in json.loads(document)["Statement"]]
    for rows_after, expected in ((rows, "undetermined"), (GUARD["Statement"], "safe")):
        states = [
            gate.state({"role": "r", "policy": policy})
            for policy in (old, json.dumps({**GUARD, "Statement": rows_after}))
        ]
        assert gate.verdict(gate.digest(gate.step("update", INLINE, *states)))[0] == expected
