"""Compares a matrix with AWS, for a preview whose document has problems of its own. Gives what AWS would refuse."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pulumi_aws_identity_center.aws.permission_sets import PermissionSets
from pulumi_aws_identity_center.aws.reader import Reader, malformed_is_unanswered

from .access_matrix import AccessMatrix
from .expansion import expand
from .live_center import Instance, find_instance
from .live_organization import read_organization
from .names import find_principals
from .problems import management_account_problems, partition_problems, permission_set_exists, repeated_principals
from .quotas import quota_problems


@malformed_is_unanswered()
def find_live_problems(reader: Reader, matrix: AccessMatrix, own_permission_sets: Collection[str]) -> list[str]:
    """What AWS shows. Only a valid document is also judged for the last administrator. Raises Unanswered,
    NotPossibleHere.

    matrix: all of its values known. own_permission_sets: the ARNs of those that the stack has made.
    """
    instance = find_instance(reader)
    caller = str(reader.call("sts", "get_caller_identity")["Account"])
    organization = read_organization(reader, with_units=matrix.needs_units, with_tags=matrix.needs_tags)
    expansion = expand(matrix, organization)
    principals, unknown = find_principals(reader, instance, matrix)
    return [
        *expansion.problems,
        *unknown,
        *management_account_problems(expansion, organization, caller),
        *quota_problems(expansion),
        *partition_problems(matrix.permission_sets, instance.arn),
        *repeated_principals(expansion, {reference: principal.id for reference, principal in principals.items()}),
        *_taken_names(reader, instance, matrix, own_permission_sets),
    ]


def _taken_names(reader: Reader, instance: Instance, matrix: AccessMatrix, own: Collection[str]) -> Iterator[str]:
    """Of permission sets that somebody else has made."""
    for arn, row in PermissionSets(reader, instance.arn).described().items():
        if row["Name"] in matrix.permission_sets and arn not in own:
            yield permission_set_exists(row["Name"], arn, instance.arn)
