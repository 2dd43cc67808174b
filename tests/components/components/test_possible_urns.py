"""Where a resource's state is looked for, by its options."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pulumi
from pulumi_aws_identity_center.components.possible_urns import possible_urns, short_urn
from pulumi_aws_identity_center.testing import HealthyOrganization

from tests.walk import walk

TYPE = "aws:organizations/awsServiceAccess:AwsServiceAccess"
ROOT = "urn:pulumi:stack::project"
ABOVE = f"{ROOT}::my:index:Landing$my:index:Services::services"


def _urns(parent_type: str, *aliases: Any) -> list[str]:
    pulumi.runtime.set_mocks(HealthyOrganization(), project="project", stack="stack")
    parent: Any = SimpleNamespace(pulumi_resource_type=parent_type) if parent_type else None
    resource: Any = None  # which nothing is asked of
    opts = pulumi.ResourceOptions(parent=parent, aliases=list(aliases))
    return possible_urns(pulumi.ResourceTransformationArgs(resource, TYPE, "own", {}, opts))


@walk(
    ("alias", "urn"),
    [
        (pulumi.Alias(name="old"), f"{ROOT}::my:index:Own${TYPE}::old"),
        (pulumi.Alias(parent=None), f"{ROOT}::{TYPE}::own"),
        (pulumi.Alias(parent=f"{ROOT}::pulumi:pulumi:Stack::project-stack"), f"{ROOT}::{TYPE}::own"),
        (pulumi.Alias(name="old", parent=ABOVE), f"{ROOT}::my:index:Services${TYPE}::old"),
        (pulumi.Alias(type_="aws:s3/bucket:Bucket"), f"{ROOT}::my:index:Own$aws:s3/bucket:Bucket::own"),
        (pulumi.Alias(project="other"), f"urn:pulumi:stack::other::my:index:Own${TYPE}::own"),
        (pulumi.Alias(stack="other"), f"urn:pulumi:other::project::my:index:Own${TYPE}::own"),
        (f"{ROOT}::my:index:Landing$my:index:Services${TYPE}::old", f"{ROOT}::my:index:Services${TYPE}::old"),
    ],
)
def test_an_alias_is_a_possible_urn_too(alias: Any, urn: str) -> None:
    assert _urns("my:index:Own", alias) == [f"{ROOT}::my:index:Own${TYPE}::own", urn]


def test_the_types_above_the_parents_do_not_count() -> None:
    assert short_urn(f"{ROOT}::a:b:C$a:b:D${TYPE}::x") == short_urn(f"{ROOT}::a:b:E$a:b:D${TYPE}::x")
    assert short_urn(f"{ROOT}::a:b:D${TYPE}::x") != short_urn(f"{ROOT}::{TYPE}::x")


LATE: Any = pulumi.Output.from_input("urn:pulumi:stack::project::x::y")


@walk("alias", ["no URN", LATE, pulumi.Alias("old", parent=LATE), pulumi.Alias(LATE)])
def test_an_alias_that_names_no_known_urn_is_none(alias: Any) -> None:
    assert _urns("", alias) == [f"{ROOT}::{TYPE}::own"]
