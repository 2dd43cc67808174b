"""A Terraform plan's JSON of any size, as `terraform show -json` writes it: each resource three times, on one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

_PROVIDER = "registry.terraform.io/hashicorp/aws"
_HEAD = {"format_version": "1.2", "terraform_version": "1.13.5"}
_CONFIGURATION = {"provider_config": {"aws": {"name": "aws", "full_name": _PROVIDER}}, "root_module": {}}
_ACCESS = "aws_organizations_aws_service_access"
TYPES = {
    "terraform": "aws_s3_bucket",
    "terraform-policies": "aws_iam_policy",
    "terraform-roles": "aws_iam_role",
    "terraform-guards": "aws_iam_policy",
    "terraform-assignments": "aws_ssoadmin_account_assignment",
}


def write(form: str, count: int, file: Path) -> None:
    """Ordinary updates, the last of which takes trusted access away."""
    with file.open("w", encoding="utf-8") as out:
        out.write(f'{json.dumps(_HEAD)[:-1]},"planned_values":{{"root_module":{{"resources":[')
        _write_all(out, (_state(form, number) for number in range(count - 1)))
        out.write(']}},"resource_changes":[')
        _write_all(out, _changes(form, count))
        out.write('],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[')
        _write_all(out, (_state(form, number) for number in range(count - 1)))
        out.write(f']}}}}}},"configuration":{json.dumps(_CONFIGURATION)},"errored":false}}\n')


def _write_all(out: TextIO, rows: Iterator[dict[str, Any]]) -> None:
    for number, row in enumerate(rows):
        out.write(f"{',' if number else ''}{json.dumps(row, separators=(',', ':'))}")


def _row(type_: str, number: int, **more: Any) -> dict[str, Any]:
    address = f"{type_}.x[{number}]"
    named = {"address": address, "mode": "managed", "type": type_, "name": "x", "index": number}
    return {**named, "provider_name": _PROVIDER, **more}


def _state(form: str, number: int) -> dict[str, Any]:
    return _row(TYPES[form], number, schema_version=0, values=_values(form, number), sensitive_values={"tags": {}})


def _changes(form: str, count: int) -> Iterator[dict[str, Any]]:
    marks: dict[str, Any] = {
        "after_unknown": {"tags": {}},
        "before_sensitive": {"tags": {}},
        "after_sensitive": {"tags": {}},
    }
    for number in range(count - 1):
        before = _values(form, number)
        after = {**before, "description": "changed"}
        yield _row(TYPES[form], number, change={"actions": ["update"], "before": before, "after": after, **marks})
    gone = {"service_principal": "sso.amazonaws.com"}
    yield _row(_ACCESS, 0, change={"actions": ["delete"], "before": gone, "after": None})


def _values(form: str, number: int) -> dict[str, Any]:
    if form == "terraform":
        tags = {"team": "a", "number": str(number)}
        return {"bucket": f"b-{number}", "tags": tags, "arn": f"arn:aws:s3:::b-{number}", "region": "us-east-1"}
    if form == "terraform-assignments":
        arns = {
            "instance_arn": "arn:aws:sso:::instance/ssoins-1",
            "permission_set_arn": f"arn:aws:sso:::ps-{number % 50}",
        }
        return {**arns, "principal_id": f"g-{number}", "principal_type": "GROUP", "target_id": f"{number % 5000:012d}"}
    document = _document(form, number)
    if form == "terraform-roles":
        inline = [{"name": "own", "policy": document}]
        return {"name": f"r-{number}", "inline_policy": inline, "arn": f"arn:aws:iam::111122223333:role/r-{number}"}
    return {"name": f"p-{number}", "policy": document, "arn": f"arn:aws:iam::111122223333:policy/p-{number}"}


def _document(form: str, number: int) -> str:
    statement: dict[str, Any] = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": f"arn:aws:s3:::b-{number}/*"}
    if form == "terraform-guards":
        but = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::111122223333:role/break-glass-{number}"}}
        statement |= {"Action": "organizations:*", "Resource": "*", "Condition": but}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
