"""The groups and users that a matrix names, as the identity store knows them: a call for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_aws_identity_center.aws.reader import Reader, Unanswered

from .access_matrix import GROUP, AccessMatrix, PrincipalReference
from .grants import Principal
from .live_center import Instance
from .problems import unknown_principal

_NOT_FOUND = "ResourceNotFoundException"


def find_principals(
    reader: Reader, instance: Instance, matrix: AccessMatrix
) -> tuple[Mapping[PrincipalReference, Principal], list[str]]:
    """Those whom the identity store knows, and a problem for each of the others. Raises Unanswered."""
    references = matrix.principals
    answers = reader.map(lambda reference: _resolve(reader, instance, reference), references)
    principals = dict(zip(references, answers, strict=True))
    problems = [unknown_principal(reference) for reference, principal in principals.items() if principal is None]
    return {reference: principal for reference, principal in principals.items() if principal is not None}, problems


def _resolve(reader: Reader, instance: Instance, reference: PrincipalReference) -> Principal | None:
    if reference.id is not None:
        return describe_principal(reader, instance, reference.type, reference.id)
    is_group = reference.type == GROUP
    attribute = {"AttributePath": "displayName" if is_group else "userName", "AttributeValue": reference.name}
    alternate = {"UniqueAttribute": attribute}
    answer = _find(reader, instance, "get_group_id" if is_group else "get_user_id", AlternateIdentifier=alternate)
    return answer and Principal(reference.type, answer["GroupId" if is_group else "UserId"], reference.name)


def describe_principal(reader: Reader, instance: Instance, type_: str, id_: str) -> Principal | None:
    """None if the identity store doesn't know it. Raises Unanswered."""
    if type_ == GROUP:
        row = _find(reader, instance, "describe_group", GroupId=id_)
        return row and Principal(type_, id_, row.get("DisplayName"))
    row = _find(reader, instance, "describe_user", UserId=id_)
    return row and Principal(type_, id_, row.get("UserName"))


def _find(reader: Reader, instance: Instance, operation: str, **parameters: Any) -> Any:
    """None for what isn't there."""
    try:
        return reader.call("identitystore", operation, IdentityStoreId=instance.identity_store, **parameters)
    except Unanswered as error:
        if error.answer.code == _NOT_FOUND:
            return None
        raise
