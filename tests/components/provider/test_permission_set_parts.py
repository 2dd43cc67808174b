"""Parts that mean the same are no change; what AWS has comes back in the program's spelling."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.provider.permission_set_parts import as_inputs, comparable, spelled_as

from tests.walk import walk


@walk(
    ("one", "other"),
    [
        ({"sessionDuration": "PT90M"}, {"sessionDuration": "PT1H30M"}),
        ({"sessionDuration": "P0DT8H"}, {"sessionDuration": "PT8H"}),
        ({"sessionDuration": "PT1H"}, {}),
        ({"managedPolicies": ["b", "a"]}, {"managedPolicies": ["a", "b"]}),
        ({"inlinePolicy": '{"a": 1}'}, {"inlinePolicy": '{"a":1}'}),
        ({"tags": {}, "description": ""}, {}),
    ],
)
def test_what_means_the_same_compares_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert comparable(one) == comparable(other)
    assert spelled_as(other, one) == other


def test_a_part_that_differs_stays_as_it_is() -> None:
    old = {"sessionDuration": "PT2H", "description": "a"}
    assert spelled_as({"sessionDuration": "PT120M", "description": "b"}, old) == {
        "sessionDuration": "PT120M",
        "description": "a",
    }


def test_an_import_leaves_the_default_duration_out() -> None:
    properties = {"instanceArn": "i", "name": "n", "arn": "a", "sessionDuration": "PT1H"}
    assert as_inputs(properties, {}) == {"instanceArn": "i", "name": "n"}
    assert as_inputs(properties, {"name": "n", "sessionDuration": "PT60M"})["sessionDuration"] == "PT60M"
