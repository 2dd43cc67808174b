"""Which of a state's resources of one value a component continues: the pure choice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.components.adoption import Choice, choose
from pulumi_aws_identity_center.domain.resource_types import child_urn, name_of, types_of

from tests.walk import walk

TYPE = "aws:organizations/awsServiceAccess:AwsServiceAccess"
ROOT = "urn:pulumi:dev::project::"
OWN = f"{ROOT}aws-identity-center:index:TrustedAccess${TYPE}::sso"
RENAMED = f"{ROOT}aws-identity-center:index:TrustedAccess${TYPE}::before"
RAW, OTHER_RAW = f"{ROOT}{TYPE}::raw", f"{ROOT}{TYPE}::other"


def _is_protected(urn: str) -> bool:
    return "TrustedAccess$" in urn


@walk(
    ("holders", "names", "choice"),
    [
        ([], [], Choice(None)),
        ([OWN], [], Choice(None)),
        ([RAW], [], Choice(RAW)),
        ([RENAMED], [], Choice(RENAMED)),
        ([OWN, RAW], ["raw"], Choice(None, (RAW,))),
        ([OWN, RENAMED], [], Choice(None)),
        ([RAW, OTHER_RAW], [], Choice(None, (RAW, OTHER_RAW))),
        ([RAW, OTHER_RAW], ["other"], Choice(OTHER_RAW, (RAW,))),
        ([RAW, RENAMED], [], Choice(RAW)),
        ([RAW, RENAMED], ["before"], Choice(RENAMED, (RAW,))),
    ],
)
def test_one_is_continued_and_what_would_be_deleted_is_named(
    holders: list[str], names: list[str], choice: Choice
) -> None:
    assert choose(OWN, holders, names, _is_protected) == choice


@given(st.sets(st.sampled_from([OWN, RENAMED, RAW, OTHER_RAW])), st.sets(st.sampled_from(["raw", "other", "before"])))
def test_no_unprotected_holder_is_left_unnamed(holders: set[str], names: set[str]) -> None:
    choice = choose(OWN, sorted(holders), names, _is_protected)
    accounted = {OWN, choice.predecessor, *choice.deleted}
    assert {urn for urn in holders if not _is_protected(urn)} <= accounted
    assert OWN not in choice.deleted
    # The engine takes a resource's own URN before any alias.
    assert choice.predecessor is None or OWN not in holders


@given(st.lists(st.from_regex(r"[a-z]+:index:[A-Z][a-z]+", fullmatch=True), min_size=1), st.text(min_size=1))
def test_a_childs_urn_is_read_back(types: list[str], name: str) -> None:
    parent = f"{ROOT}{'$'.join(types)}::parent"
    urn = child_urn(parent, TYPE, name)
    assert (types_of(urn), name_of(urn)) == ([*types, TYPE], name)
    assert child_urn(f"{ROOT}pulumi:pulumi:Stack::project-dev", TYPE, name) == f"{ROOT}{TYPE}::{name}"
