"""Documents of which a part is unknown lie between their best and their worst, whatever the part turns out to be."""

from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.domain.declared import UNKNOWN, is_partly_unknown
from pulumi_aws_identity_center.domain.grants.partly_known import at_best, at_worst
from pulumi_aws_identity_center.iam import grants_lock_out, parse_document

from tests.declared_resources import Said, declare, grants_in_management
from tests.walk import walk

NATIVE = "aws-native:iam:ManagedPolicy"
ACTIONS = ["*", "s3:*", "organizations:*", "organizations:DisableAWSServiceAccess", "sso:Delete*", "sso:List*"]

statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2),
        "Resource": st.sampled_from(["*", "arn:aws:s3:::b/*"]),
    }
)
documents = st.lists(statements, min_size=1, max_size=4)


@given(documents, st.data())
def test_the_known_document_lies_between_best_and_worst(found, data) -> None:
    hidden = copy.deepcopy(found)
    for number in range(len(hidden)):
        part = data.draw(st.sampled_from([None, "all", "Effect", "Action", "Resource", "one action"]))
        if part == "all":
            hidden[number] = UNKNOWN
        elif part == "one action":
            hidden[number]["Action"][0] = UNKNOWN
        elif part is not None:
            hidden[number][part] = UNKNOWN
    least, real, most = (
        grants_lock_out(parse_document(document)) is not None
        for document in (at_best({"Statement": hidden}), {"Statement": found}, at_worst({"Statement": hidden}))
    )
    assert least <= real <= most


@given(documents)
def test_a_known_document_is_its_best_and_worst(found) -> None:
    assert at_best({"Statement": found})["Statement"] == found == at_worst({"Statement": found})["Statement"]
    assert not is_partly_unknown({"Statement": found})


def _messages(*found) -> list[Said]:
    props = {"policyDocument": {"Statement": list(found)}}
    grants: list[Said] = grants_in_management(declare(NATIVE, props=props))
    return grants


def _statement(**changed):
    return {"Effect": "Allow", "Action": "organizations:DisableAWSServiceAccess", "Resource": "*", **changed}


@walk(
    "doubtful",
    [
        UNKNOWN,
        _statement(Effect=UNKNOWN),
        _statement(Action=["s3:*", UNKNOWN]),
        _statement(Resource=[UNKNOWN]),
        _statement(Condition={"StringEquals": {"organizations:ServicePrincipal": UNKNOWN}}),
    ],
)
def test_an_unknown_parts_grant_is_left_to_the_update(doubtful) -> None:
    (message,) = _messages(doubtful)
    assert message.is_later
    assert "during preview" in message


def test_what_is_granted_whatever_the_unknown_part_is_is_refused() -> None:
    (message,) = _messages(_statement(Action="s3:*", Resource=UNKNOWN), _statement())
    assert not message.is_later


def test_an_unknown_part_that_could_not_matter_is_quiet() -> None:
    assert _messages(_statement(Action="s3:*", Resource=[UNKNOWN])) == []


def test_an_allow_under_an_unknown_deny_is_shown() -> None:
    (message,) = _messages(_statement(), _statement(Effect="Deny", Action=UNKNOWN))
    assert message.is_later
