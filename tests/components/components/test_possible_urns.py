"""Where a resource's state is looked for, by its options."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_aws_identity_center.components.possible_urns import note_types, possible_urns
from pulumi_aws_identity_center.testing import HealthyOrganization

from tests.walk import walk

TYPE = "aws:organizations/awsServiceAccess:AwsServiceAccess"
ROOT = "urn:pulumi:stack::project"
ABOVE = f"{ROOT}::my:index:Landing$my:index:Services::services"


class Parent:
    """A declared component."""

    def __init__(self, type_: str, parent: Any = None) -> None:
        self.pulumi_resource_type = type_
        opts = pulumi.ResourceOptions(parent=parent)
        note_types(pulumi.ResourceTransformationArgs(self, type_, "parent", {}, opts))  # type: ignore[arg-type]


def _urns(parent: Any, *aliases: Any) -> list[str]:
    pulumi.runtime.set_mocks(HealthyOrganization(), project="project", stack="stack")
    resource: Any = None  # which nothing is asked of
    opts = pulumi.ResourceOptions(parent=parent, aliases=list(aliases))
    return possible_urns(pulumi.ResourceTransformationArgs(resource, TYPE, "own", {}, opts))


@walk(
    ("alias", "urn"),
    [
        (pulumi.Alias(name="old"), f"{ROOT}::my:index:Own${TYPE}::old"),
        (pulumi.Alias(parent=None), f"{ROOT}::{TYPE}::own"),
        (pulumi.Alias(parent=f"{ROOT}::pulumi:pulumi:Stack::project-stack"), f"{ROOT}::{TYPE}::own"),
        (pulumi.Alias(name="old", parent=ABOVE), f"{ROOT}::my:index:Landing$my:index:Services${TYPE}::old"),
        (pulumi.Alias(parent="no URN"), f"{ROOT}::{TYPE}::own"),
        (pulumi.Alias(type_="aws:s3/bucket:Bucket"), f"{ROOT}::my:index:Own$aws:s3/bucket:Bucket::own"),
        (pulumi.Alias(project="other"), f"urn:pulumi:stack::other::my:index:Own${TYPE}::own"),
        (pulumi.Alias(stack="other"), f"urn:pulumi:other::project::my:index:Own${TYPE}::own"),
        (f"{ROOT}::my:index:Landing$my:index:Services${TYPE}::old",) * 2,
    ],
)
def test_an_alias_is_a_possible_urn_too(alias: Any, urn: str) -> None:
    assert _urns(Parent("my:index:Own"), alias) == [f"{ROOT}::my:index:Own${TYPE}::own", urn]


def test_a_urn_has_the_types_of_all_parents() -> None:
    below = Parent("my:index:Services", Parent("my:index:Landing"))
    assert _urns(below) == [f"{ROOT}::my:index:Landing$my:index:Services${TYPE}::own"]


LATE: Any = pulumi.Output.from_input("urn:pulumi:stack::project::x::y")


@walk("alias", ["no URN", LATE, pulumi.Alias("old", parent=LATE), pulumi.Alias(LATE)])
def test_an_alias_that_names_no_known_urn_is_none(alias: Any) -> None:
    assert _urns(None, alias) == [f"{ROOT}::{TYPE}::own"]
