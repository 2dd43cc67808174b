"""What a plan looked up of accounts, and what it manages, is found in every module."""

from __future__ import annotations

import io
import json
from typing import Any

from pulumi_aws_identity_center.gate.readers.document import Document
from pulumi_aws_identity_center.gate.readers.terraform_lookups import management_account, read

from tests.walk import walk


def _row(type_: str, mode: str = "data", **values: Any) -> dict[str, Any]:
    return {"address": f"{mode}.{type_}.x", "mode": mode, "type": type_, "values": values}


def test_lookups_are_found_in_every_module() -> None:
    inner = {"address": "module.a", "resources": [_row("aws_organizations_organization", master_account_id="1")]}
    root = {
        "resources": [_row("aws_caller_identity", account_id="2"), _row("aws_region"), _row("aws_iam_role", "managed")],
        "child_modules": [{"child_modules": [inner]}, {"resources": []}],
    }
    state = {"format_version": "1.0", "values": {"outputs": {}, "root_module": root}}
    prior_state = read(Document(io.StringIO(json.dumps(state))))
    assert [(lookup.type, dict(lookup.values)) for lookup in prior_state.lookups] == [
        ("aws_caller_identity", {"account_id": "2"}),
        ("aws_organizations_organization", {"master_account_id": "1"}),
    ]
    assert prior_state.managed == 1


def test_a_managed_organization_is_no_lookup() -> None:
    state = {"values": {"root_module": {"resources": [_row("aws_organizations_organization", "managed")]}}}
    prior_state = read(Document(io.StringIO(json.dumps(state))))
    assert (prior_state.lookups, prior_state.managed) == ([], 1)


@walk("values", [None, [], ["1"], "1"])
def test_a_lookup_without_values_tells_no_account(values: Any) -> None:
    row = {**_row("aws_organizations_organization"), "values": values}
    prior_state = read(Document(io.StringIO(json.dumps({"values": {"root_module": {"resources": [row]}}}))))
    assert management_account(prior_state.lookups) == ""
