"""The groups and users that a matrix names, as the identity store knows them: a call for each."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_aws_identity_center.aws.directory import Directory as IdentityStore
from pulumi_aws_identity_center.aws.reader import Reader

from .access_matrix import AccessMatrix, PrincipalReference
from .grants import Principal
from .live_center import Instance, identity_store
from .problems import unknown_principal


def find_principals(
    reader: Reader, instance: Instance, matrix: AccessMatrix
) -> tuple[Mapping[PrincipalReference, Principal], list[str]]:
    """Those whom the identity store knows, and a problem for each of the others. Raises Unanswered."""
    store = identity_store(reader, instance)
    references = matrix.principals
    answers = reader.map(lambda reference: _resolve(store, reference), references)
    principals = dict(zip(references, answers, strict=True))
    problems = [unknown_principal(reference) for reference, principal in principals.items() if principal is None]
    return {reference: principal for reference, principal in principals.items() if principal is not None}, problems


def _resolve(store: IdentityStore, reference: PrincipalReference) -> Principal | None:
    if reference.id is not None:
        return describe_principal(store, reference.type, reference.id)
    id_ = store.principal_id(reference.type, reference.name)
    return None if id_ is None else Principal(reference.type, id_, reference.name)


def describe_principal(store: IdentityStore, type_: str, id_: str) -> Principal | None:
    """None if the identity store doesn't know it. Raises Unanswered."""
    described = store.describe(type_, id_)
    return None if described is None else Principal(*described)
