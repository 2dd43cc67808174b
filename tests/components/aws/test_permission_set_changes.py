"""The calls between two sets of parts: applied to the old ones they give the new ones, and they narrow last."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.aws.permission_set_changes import DEFAULT_DURATION, role_changes, tag_changes

REFERENCES = st.fixed_dictionaries({"name": st.sampled_from("ab"), "path": st.sampled_from(["/", "/x/"])})
BOUNDARIES = st.fixed_dictionaries({"managedPolicy": st.sampled_from("xy")}) | st.fixed_dictionaries(
    {"customerManagedPolicy": REFERENCES}
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "managedPolicies": st.lists(st.sampled_from("pqr"), unique=True),
        "customerManagedPolicies": st.lists(REFERENCES, unique_by=lambda row: (row["name"], row["path"])),
        "inlinePolicy": st.sampled_from(["{1}", "{2}"]),
        "permissionsBoundary": BOUNDARIES,
        "description": st.sampled_from(["one", "two"]),
        "sessionDuration": st.sampled_from(["PT1H", "PT2H"]),
        "tags": st.dictionaries(st.sampled_from("kl"), st.sampled_from("vw")),
    },
)


class SmallPermissionSet:
    """As AWS would have it: by the parameters of the calls that made it."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.parts: dict[str, Any] = {"attached": set(), "tags": {}, "details": {"SessionDuration": DEFAULT_DURATION}}
        self.apply({}, parts)

    def apply(self, olds: dict[str, Any], news: dict[str, Any]) -> None:
        for operation, parameters in (*role_changes(olds, news), *tag_changes(olds, news)):
            getattr(self, operation.split("_")[0])(operation.partition("_")[2], parameters)

    def attach(self, _kind: str, parameters: dict[str, Any]) -> None:
        assert repr(parameters) not in self.parts["attached"]
        self.parts["attached"].add(repr(parameters))

    def detach(self, _kind: str, parameters: dict[str, Any]) -> None:
        self.parts["attached"].remove(repr(parameters))

    def put(self, kind: str, parameters: dict[str, Any]) -> None:
        self.parts[kind.partition("_to_")[0]] = parameters

    def delete(self, kind: str, _parameters: dict[str, Any]) -> None:
        del self.parts[kind.partition("_from_")[0]]

    def update(self, _kind: str, parameters: dict[str, Any]) -> None:
        self.parts["details"] = parameters

    def tag(self, _kind: str, parameters: dict[str, Any]) -> None:
        self.parts["tags"] |= {row["Key"]: row["Value"] for row in parameters["Tags"]}

    def untag(self, _kind: str, parameters: dict[str, Any]) -> None:
        for key in parameters["TagKeys"]:
            del self.parts["tags"][key]


@given(PARTS, PARTS)
def test_changing_gives_what_making_anew_gives(olds: dict[str, Any], news: dict[str, Any]) -> None:
    changed = SmallPermissionSet(olds)
    changed.apply(olds, news)
    assert changed.parts == SmallPermissionSet(news).parts


@given(PARTS)
def test_equal_parts_need_no_call(parts: dict[str, Any]) -> None:
    assert role_changes(parts, dict(parts)) == []
    assert list(tag_changes(parts, dict(parts))) == []


@given(PARTS, PARTS)
def test_policies_are_attached_before_others_are_detached(olds: dict[str, Any], news: dict[str, Any]) -> None:
    verbs = [operation.split("_")[0] for operation, _ in role_changes(olds, news)]
    attachments = [place for place, verb in enumerate(verbs) if verb == "attach"]
    detachments = [place for place, verb in enumerate(verbs) if verb == "detach"]
    assert max(attachments, default=-1) < min(detachments, default=len(verbs))
