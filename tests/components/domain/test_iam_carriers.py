"""The table of IAM's carriers is whole and spelt as the aws package spells it; walking it loses nothing."""

from __future__ import annotations

import inspect

import pulumi_aws
from pulumi._types import input_type_py_to_pulumi_names
from pulumi_aws_identity_center.domain.iam_carriers import FLOWS, Kind, flows

from tests.walk import walk

UNKNOWN = object()
_CARRYING = {
    *("policy", "policyArn", "policyArns", "managedPolicyArn", "managedPolicyArns", "inlinePolicy", "inlinePolicies"),
    *("customerManagedPolicyReference", "customerManagedPolicyReferences", "permissionsBoundary"),
}


def _inputs() -> dict[str, set[str]]:
    """Of each resource of the aws package's iam and ssoadmin: its token, and its inputs' names."""
    inputs = {}
    for module, first in ((pulumi_aws.iam, "Role"), (pulumi_aws.ssoadmin, "PermissionSet")):
        assert hasattr(module, first)  # a lazy module lists its members only then
        for name, class_ in inspect.getmembers(module, inspect.isclass):
            args = getattr(module, f"{name}Args", None)
            if args is not None and hasattr(class_, "get"):
                token = f"aws:{module.__name__.rpartition('.')[2]}/{name[0].lower()}{name[1:]}:{name}"
                inputs[token] = set(input_type_py_to_pulumi_names(args).values())
    return inputs


def test_the_table_has_every_type_that_carries_permissions() -> None:
    inputs = _inputs()
    own = {token: paths for token, paths in FLOWS.items() if token.startswith("aws:")}
    for token, paths in own.items():
        assert {path.partition(".")[0].removesuffix("[]") for _, path in paths} <= inputs[token], token
    assert {token for token, names in inputs.items() if names & _CARRYING} == set(own)
    for token, paths in own.items():
        named = {path.partition(".")[0].removesuffix("[]") for _, path in paths}
        assert inputs[token] & _CARRYING == named, token


@walk(
    ("props", "found"),
    [
        ({}, []),
        ({"inlinePolicies": None, "managedPolicyArns": []}, []),
        ({"inlinePolicies": [{"policy": "a"}, {"name": "b"}, {"policy": ""}]}, [("inlinePolicies[0].policy", "a")]),
        ({"inlinePolicies": UNKNOWN}, [("inlinePolicies", UNKNOWN)]),
        (
            {"inlinePolicies": [UNKNOWN, {"policy": UNKNOWN}]},
            [("inlinePolicies[0]", UNKNOWN), ("inlinePolicies[1].policy", UNKNOWN)],
        ),
        ({"managedPolicyArns": ["x", "y"]}, [("managedPolicyArns[0]", "x"), ("managedPolicyArns[1]", "y")]),
        ({"managedPolicyArns": "x"}, [("managedPolicyArns", "x")]),
        ({"inlinePolicies": [1, None, "odd"]}, []),
    ],
)
def test_each_carried_value_is_found_with_its_path(props, found) -> None:
    assert [(where, value) for _, where, value in flows("aws:iam/role:Role", props, UNKNOWN)] == found


def test_a_single_block_may_be_a_list() -> None:
    token = "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment"
    for reference in ({"name": "a"}, [{"name": "a"}]):
        ((kind, _, value),) = flows(token, {"customerManagedPolicyReference": reference}, UNKNOWN)
        assert (kind, value) == (Kind.REFERENCE, "a")


def test_another_type_carries_nothing() -> None:
    assert list(flows("aws:s3/bucketPolicy:BucketPolicy", {"policy": "{}"}, UNKNOWN)) == []
