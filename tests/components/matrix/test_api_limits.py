"""What a permission set's texts may be: never more than AWS's API model takes, so that no update is refused for it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import Shape
from botocore.session import get_session
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.matrix.access_matrix import parse_access_matrix

from sandbox.aws.middleware.validation import check_of

MODEL = get_session().get_service_model("sso-admin")
# By where a text stands: the operation's input that takes it.
PLACES: dict[str, tuple[str, str]] = {
    "description": ("CreatePermissionSet", "Description"),
    "relayState": ("CreatePermissionSet", "RelayState"),
    "sessionDuration": ("CreatePermissionSet", "SessionDuration"),
    "managedPolicies": ("AttachManagedPolicyToPermissionSet", "ManagedPolicyArn"),
    "inlinePolicy": ("PutInlinePolicyToPermissionSet", "InlinePolicy"),
    "name": ("AttachCustomerManagedPolicyReferenceToPermissionSet", "CustomerManagedPolicyReference.Name"),
    "path": ("AttachCustomerManagedPolicyReferenceToPermissionSet", "CustomerManagedPolicyReference.Path"),
    "key": ("TagResource", "Tags.Key"),
    "value": ("TagResource", "Tags.Value"),
    "permissionSet": ("CreatePermissionSet", "Name"),
}
# Of each kind that a pattern of these tells from another.
CHARACTERS = "aZ0_-+=,.@/:!'\\{~ \t\n\r\x00\x7f\x85\xa0\xa1\xff\u0100\u2013\u3000\u4e00\u0301\U0001f600Ⅷ²"


def _shape(place: str) -> Shape:
    operation, path = PLACES[place]
    shape: Any = MODEL.operation_model(operation).input_shape
    for name in path.split("."):
        shape = shape.members[name]
        shape = shape.member if shape.type_name == "list" else shape
    return shape


def _declared(place: str, text: str) -> tuple[dict[str, Any], str]:
    """The permission sets, and what AWS would get."""
    parts: dict[str, Any] = {
        "managedPolicies": {"managedPolicies": [f"arn:aws:iam::aws:policy/{text}"]},
        "inlinePolicy": {"inlinePolicy": {"Version": "2012-10-17", "Statement": [], "Id": text}},
        "name": {"customerManagedPolicies": [{"name": text}]},
        "path": {"customerManagedPolicies": [{"name": "a", "path": f"/{text}/"}]},
        "key": {"tags": {text: "a"}},
        "value": {"tags": {"a": text}},
        "permissionSet": {},
    }
    sent = {"managedPolicies": f"arn:aws:iam::aws:policy/{text}", "path": f"/{text}/"}.get(place, text)
    return {text if place == "permissionSet" else "Admin": parts.get(place, {place: text})}, sent


@pytest.mark.parametrize("place", PLACES)
@given(text=st.text(CHARACTERS, max_size=8) | st.sampled_from([*CHARACTERS, "a" * 600, "a/" * 300, "PT01H", "PT1H"]))
@example(text="a")
def test_what_the_matrix_takes_the_api_takes(place: str, text: str) -> None:
    sets, sent = _declared(place, text)
    try:
        matrix = parse_access_matrix({"permissionSets": sets})
    except InvalidInput:
        return
    if place == "inlinePolicy":
        sent = matrix.permission_sets["Admin"].inline_policy
    assert not list(check_of(_shape(place))(sent, place))
