"""One thing that a resource gives away: where it is, and what it allows."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_aws_identity_center.domain.declared import Declared

from .carried import Kind


@dataclass(frozen=True)
class LockOutGrant:
    """where: the property, such as inlinePolicies[1].policy; text: what that does, to follow the property.

    resource: what the program declares, and where the violation is shown; inner: a resource of a CloudFormation
    template in it, or the resource itself. is_known: False where the preview can't know enough. is_document: False
    for a text that IAM doesn't take.
    """

    resource: Declared
    inner: Declared
    kind: Kind
    where: str
    text: str
    is_known: bool = True
    is_document: bool = True
