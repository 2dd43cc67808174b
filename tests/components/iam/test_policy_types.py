"""How policy types meet: a row a sentence of IAM's page on policy evaluation.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html and
access_policies_boundaries.html. All in one account.
"""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.iam import Document, Request, Verdict, caller_names, evaluate, parse_document

from tests.walk import walk

ACCOUNT = "arn:aws:iam::111122223333"
ROLE, USER, ROOT = f"{ACCOUNT}:role/app", f"{ACCOUNT}:user/ann", f"{ACCOUNT}:root"
SESSION = "arn:aws:sts::111122223333:assumed-role/app/work"
FEDERATED = "arn:aws:sts::111122223333:federated-user/ann"


def document(*actions: str, effect: str = "Allow", principal: Any = None) -> Document:
    statement: dict[str, Any] = {"Effect": effect, "Action": list(actions), "Resource": "*"}
    if principal is not None:
        statement = {**statement, "Principal": principal}
    return parse_document({"Version": "2012-10-17", "Statement": [statement]})


ALLOW, DENY, OTHER = document("s:x"), document("s:x", effect="Deny"), document("s:y")


def may(caller: str, *also: str, **policies: Any) -> bool:
    """also: other names of the same caller, as a role's session has the role's too."""
    names = frozenset().union(*(caller_names(name) for name in (caller, *also)))
    resource = policies.pop("resource", None)
    resources = [document("s:x", principal={"AWS": resource})] if resource else []
    policies.setdefault("identity", [])
    decision = evaluate(Request("s:x", principals=names), resource_policies=resources, **policies)
    assert decision.verdict is not Verdict.UNDETERMINED
    return decision.verdict is Verdict.ALLOWED


IDENTITY_AND_ACCOUNT = may(ROLE, resource=ROOT, identity=[ALLOW])


@walk(
    ("row", "expected"),
    [
        ("identity policies alone allow", may(ROLE, identity=[ALLOW])),
        ("a boundary must allow as well", may(ROLE, identity=[ALLOW], boundary=ALLOW)),
        ("every level of SCPs must allow", may(ROLE, identity=[ALLOW], scps=[[ALLOW], [ALLOW]])),
        ("a session policy must allow as well", may(ROLE, identity=[ALLOW], session=[ALLOW])),
        ("a resource's policy that names the role is enough", may(ROLE, resource=ROLE)),
        ("a resource's policy that names the account needs an identity policy", IDENTITY_AND_ACCOUNT),
        ("a user that it names isn't limited by the boundary", may(USER, resource=USER, boundary=OTHER)),
        ("a session that it names isn't limited by the boundary", may(SESSION, ROLE, resource=SESSION, boundary=OTHER)),
        ("nor by its session policy", may(SESSION, ROLE, resource=SESSION, session=[OTHER])),
        ("a federated user's session isn't either", may(FEDERATED, USER, resource=FEDERATED, session=[OTHER])),
        ("everybody it names includes the caller", may(ROLE, resource="*")),
    ],
)  # fmt: skip
def test_it_is_allowed(row: str, expected: bool) -> None:
    assert expected, row


@walk(
    ("row", "expected"),
    [
        ("nothing allows", may(ROLE)),
        ("a boundary grants nothing", may(ROLE, boundary=ALLOW)),
        ("an SCP grants nothing", may(ROLE, scps=[[ALLOW]])),
        ("a boundary that lacks it", may(ROLE, identity=[ALLOW], boundary=OTHER)),
        ("one level of SCPs that lacks it", may(ROLE, identity=[ALLOW], scps=[[ALLOW], [OTHER]])),
        ("a session policy that lacks it", may(ROLE, identity=[ALLOW], session=[OTHER])),
        ("a resource's policy that names the account alone", may(ROLE, resource=ROOT)),
        ("a role that it names is limited by the boundary", may(ROLE, resource=ROLE, boundary=OTHER)),
        ("a role that it names is limited by the session policy", may(ROLE, resource=ROLE, session=[OTHER])),
        ("a user that it names is limited by a session policy", may(USER, resource=USER, session=[OTHER])),
        ("a session that it names is limited by SCPs", may(SESSION, ROLE, resource=SESSION, scps=[[OTHER]])),
        ("an explicit deny in an identity policy", may(SESSION, ROLE, resource=SESSION, identity=[DENY])),
        ("an explicit deny in the boundary", may(SESSION, ROLE, resource=SESSION, boundary=DENY)),
        ("an explicit deny in the session policy", may(SESSION, ROLE, resource=SESSION, session=[DENY])),
        ("an explicit deny in an SCP", may(USER, resource=USER, scps=[[DENY]])),
        ("another role's session", may(SESSION, ROLE, resource=f"{SESSION}-other")),
    ],
)
def test_it_is_denied(row: str, expected: bool) -> None:
    assert not expected, row
