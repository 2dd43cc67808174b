"""The limits on identity policies: boundaries, session policies, SCPs, trust policies; and the keys that an
undetermined decision names."""

from __future__ import annotations

from pulumi_aws_identity_center.iam import Request, Verdict, caller_names, evaluate, parse_document

from tests.walk import walk

ROLE, USER = "arn:aws:iam::111122223333:role/r", "arn:aws:iam::111122223333:user/u"
ROOT = "arn:aws:iam::111122223333:root"
ALLOWED, DENIED, UNDETERMINED = Verdict.ALLOWED, Verdict.DENIED, Verdict.UNDETERMINED


def document(effect="Allow", action="*", resource="*", **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return parse_document({"Version": "2012-10-17", "Statement": statement})


def trust(principal, effect="Allow", **more):
    return parse_document({"Statement": {"Effect": effect, "Action": "sts:AssumeRole", "Principal": principal, **more}})


def assume(caller, policies, *trusts, **more):
    request = Request("sts:AssumeRole", "arn:aws:iam::111122223333:role/t", principals=caller_names(caller))
    return evaluate(request, identity=policies, resource_policies=trusts, resource_must_allow=True, **more).verdict


def test_nothing_is_allowed_that_nothing_allows():
    assert evaluate(Request("a:b"), identity=[]).verdict is DENIED


@walk("name", ["boundary", "session", "scps"])
def test_a_limit_has_to_allow_and_its_deny_wins(name):
    shape = {"boundary": lambda d: d, "session": lambda d: [d], "scps": lambda d: [[d]]}[name]
    for limit, expected in ((document(), ALLOWED), (document(action="x:*"), DENIED), (document("Deny"), DENIED)):
        assert evaluate(Request("a:b"), identity=[document()], **{name: shape(limit)}).verdict is expected


def test_an_empty_session_policy_allows_nothing():
    assert evaluate(Request("a:b"), identity=[document()], session=[]).verdict is DENIED


def test_trusting_the_account_leaves_it_to_identity_policies():
    for root in (ROOT, "111122223333"):
        assert assume(ROLE, [document()], trust({"AWS": root})) is ALLOWED
        assert assume(ROLE, [], trust({"AWS": root})) is DENIED


def test_only_trusting_the_caller_itself_is_enough():
    assert assume(ROLE, [], trust({"AWS": ROLE})) is ALLOWED
    assert assume(ROLE, [document()], trust({"AWS": USER})) is DENIED
    assert assume(ROLE, [document()], trust({"Service": "lambda.amazonaws.com"})) is DENIED
    assert assume(ROLE, [document("Deny")], trust({"AWS": ROLE})) is DENIED
    assert assume(ROLE, [document()], trust("*"), trust({"AWS": ROLE}, "Deny")) is DENIED


def test_a_boundary_limits_a_trusted_role_not_a_user():
    boundary = document(action="s3:*")
    assert assume(ROLE, [], trust({"AWS": ROLE}), boundary=boundary) is DENIED
    assert assume(USER, [], trust({"AWS": USER}), boundary=boundary) is ALLOWED
    assert assume(USER, [document()], trust({"AWS": ROOT}), boundary=boundary) is DENIED


def test_a_doubt_names_its_keys_and_variables():
    def unknown(**more):
        request = Request("a:b", "r", {"known": "1"}, frozenset({"*"}))
        decision = evaluate(request, identity=[document(**more)])
        assert decision.verdict is UNDETERMINED
        return decision.unknown

    assert unknown(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}) == {"aws:MultiFactorAuthPresent"}
    assert unknown(resource="${aws:username}") == {"aws:username"}
    assert unknown(Condition={"StringEquals": {"known": "${aws:userid}"}}) == {"aws:userid"}
    assert unknown(Condition={"StringSounds": {"known": "1"}}) == {"known"}


def test_a_decision_names_the_statements_that_decided_and_their_conditions():
    condition = {"StringEquals": {"k": ["1", "2"]}}
    allow, deny = document(Sid="Yes", Condition=condition), document("Deny", Sid="No")
    allowed = evaluate(Request("a:b", context={"k": "1"}), identity=[document(action="x:*"), allow])
    assert ([statement.sid for statement in allowed.by], allowed.conditions) == (["Yes"], ("StringEquals k 1, 2",))
    assert [statement.sid for statement in evaluate(Request("a:b"), identity=[allow, deny]).by] == ["No"]
