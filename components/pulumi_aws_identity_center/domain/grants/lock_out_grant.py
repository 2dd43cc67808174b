"""One thing that a resource gives away: where it is, and what it allows."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_aws_identity_center.domain.declared import Declared

from .carried import Kind
from .documents import Problem


@dataclass(frozen=True)
class LockOutGrant:
    """where: the property, such as inlinePolicies[1].policy; problem: what that does.

    resource: what the program declares, and where the violation is shown; inner: a resource of a CloudFormation
    template in it, or the resource itself.
    """

    resource: Declared
    inner: Declared
    kind: Kind
    where: str
    problem: Problem
