"""One preview lists every problem of an access matrix: the document's own, and those that AWS shows.

A document with problems ends the program before the matrix's resources ask AWS anything. So its valid part is compared
with AWS here. That registers no resource: it signs in as the component's aws provider does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi

from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.errors import InvalidInput, NotPossibleHere
from pulumi_aws_identity_center.matrix.access_matrix import (
    KEYS,
    AccessMatrix,
    InvalidMatrix,
    PrincipalReference,
    parse_access_matrix,
)
from pulumi_aws_identity_center.matrix.resource_steps import PERMISSION_SET_TYPE

from .arguments import is_deferred, spelled_as_keys
from .aws_reader import declared_sign_in
from .blocking import wait_for
from .program import current_program
from .provider_account import provider_of
from .stack_state import arns_of_types


@contextlib.contextmanager
def with_problems_in_aws(
    usable: Callable[[], AccessMatrix | None], opts: pulumi.ResourceOptions | None = None
) -> Iterator[None]:
    """Adds the problems that AWS shows to a preview's InvalidInput. opts: the component's.

    usable: gives the matrix without its wrong parts, or None.
    """
    try:
        yield
    except InvalidInput as error:
        matrix = usable() if pulumi.runtime.is_dry_run() else None
        problems = [] if matrix is None else wait_for(_problems_in_aws(_known_part(matrix), opts))
        if not problems:
            raise
        raise InvalidInput([*error.problems, *problems]) from None


def usable_matrix(value: Any, key: str) -> AccessMatrix | None:
    """The matrix in an AccessMatrix's arguments, without its wrong parts; None if they are not an object."""
    if not isinstance(value, Mapping):
        return None
    parsed = value.get("matrix")
    if isinstance(parsed, AccessMatrix):
        return parsed
    try:
        return parse_access_matrix(spelled_as_keys(value, KEYS), key, is_deferred)
    except InvalidMatrix as error:
        return error.usable


async def _problems_in_aws(matrix: AccessMatrix, opts: pulumi.ResourceOptions | None) -> list[str]:
    """Warns instead of raising an error, which would hide the document's own problems."""
    try:
        return await _compare_with_aws(matrix, opts or pulumi.ResourceOptions())
    except Exception as error:  # noqa: BLE001 - as above, and the engine's failures have no class of their own
        pulumi.log.warn(f"The access matrix was not compared with AWS: {error}")
        return []


async def _compare_with_aws(matrix: AccessMatrix, options: pulumi.ResourceOptions) -> list[str]:
    state = await current_program().state()
    if state is None:
        return []  # without an engine this is somebody's unit test, which must not reach AWS
    if provider_of(options, PERMISSION_SET_TYPE) is not None:
        return []  # a provider of this package may sign in to another account than the aws provider
    sign_in = await declared_sign_in(provider_of(options))
    if sign_in is None:
        raise NotPossibleHere("how the aws provider signs in can't be known here (aws:assumeRoles, for example)")
    own = arns_of_types(state, PERMISSION_SET_TYPE)
    return await asyncio.to_thread(_find_problems, sign_in, matrix, own)


def _find_problems(sign_in: SignIn, matrix: AccessMatrix, own_permission_sets: set[str]) -> list[str]:
    from pulumi_aws_identity_center.aws.reader import open_reader  # costs botocore
    from pulumi_aws_identity_center.matrix.live_problems import find_live_problems

    return find_live_problems(open_reader(sign_in), matrix, own_permission_sets)


def _known_part(matrix: AccessMatrix) -> AccessMatrix:
    """Without the groups and users that only the update knows."""

    def is_known(principal: PrincipalReference) -> bool:
        return not is_deferred(principal.name) and not is_deferred(principal.id)

    assignments = (
        replace(assignment, principals=tuple(filter(is_known, assignment.principals)))
        for assignment in matrix.assignments
    )
    return replace(matrix, assignments=tuple(assignments))
