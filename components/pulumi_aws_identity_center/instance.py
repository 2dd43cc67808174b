"""`Instance`: IAM Identity Center's organization instance, found and reported.

No API can enable an organization instance in the management account: the console or Control Tower does. Where there
is none, this says so and what to do. It looks once trusted access is there (`trustedAccess`), and it can declare the
instance's access-control attributes.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from typing import Any, Optional, TypedDict

import pulumi
import pulumi_aws as aws

from .constants import PACKAGE
from .edge import plain_errors
from .errors import InvalidInput
from .instance_status import describe, judge
from .preconditions import explain_instances_failure, not_enabled
from .validation import read_arguments

WHEN_NOT_ENABLED = ("error", "warn")


class AccessControlAttributeArgs(TypedDict):
    key: pulumi.Input[str]
    """The attribute's name in policies, as in aws:PrincipalTag/KEY."""
    sources: pulumi.Input[list[pulumi.Input[str]]]
    """Where its value comes from, such as ${path:enterprise.department}."""


class InstanceArgs(TypedDict, total=False):
    whenNotEnabled: Optional[str]
    """What to do where there is no organization instance: error (the default) or warn."""
    trustedAccess: Optional[pulumi.Input[str]]
    """A TrustedAccess's servicePrincipal: the instance is looked for when that is known."""
    accessControlAttributes: Optional[list[AccessControlAttributeArgs]]
    """Attributes for access control, at most 50. Left out, they are left alone."""


class Instance(pulumi.ComponentResource):
    """The organization instance of IAM Identity Center, in the provider's Region."""

    arn: pulumi.Output[str]
    """The instance's ARN; empty where there is none."""
    identity_store_id: pulumi.Output[str]
    """The identity store's id, d-...; empty where there is none."""
    region: pulumi.Output[str]
    """The Region that was looked in."""
    status: pulumi.Output[str]
    """ACTIVE, CREATE_IN_PROGRESS, DELETE_IN_PROGRESS, NOT_ENABLED, or UNDETERMINED if it can't be read."""

    def __init__(self, name: str, args: InstanceArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__(f"{PACKAGE}:index:Instance", name, {}, opts)
        with plain_errors():
            args = read_arguments(args, InstanceArgs)
            when = args.get("whenNotEnabled") or "error"
            if when not in WHEN_NOT_ENABLED:
                raise InvalidInput([f"whenNotEnabled is {when!r}; it is one of {', '.join(WHEN_NOT_ENABLED)}."])
        invoke = pulumi.InvokeOptions(parent=self)
        looked: pulumi.Output[dict[str, str]] = pulumi.Output.from_input(args.get("trustedAccess")).apply(
            lambda _: _look(invoke, when, self)
        )
        self.arn = looked.apply(lambda found: found["arn"])
        self.identity_store_id = looked.apply(lambda found: found["identityStoreId"])
        self.region = looked.apply(lambda found: found["region"])
        self.status = looked.apply(lambda found: found["status"])
        attributes = args.get("accessControlAttributes")
        if attributes is not None:
            aws.ssoadmin.InstanceAccessControlAttributes(
                name,
                instance_arn=self.arn,
                attributes=[
                    {"key": attribute["key"], "values": [{"sources": attribute["sources"]}]} for attribute in attributes
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs(
            {
                "arn": self.arn,
                "identityStoreId": self.identity_store_id,
                "region": self.region,
                "status": self.status,
            }
        )


def _look(invoke: pulumi.InvokeOptions, when: str, component: pulumi.Resource) -> pulumi.Output[dict[str, str]]:
    region = aws.get_region_output(opts=invoke).region
    found = aws.ssoadmin.get_instances_output(opts=invoke)

    def decide(values: list[Any]) -> dict[str, str]:
        where, arns, stores = values
        if not arns:
            if when == "error":
                raise pulumi.RunError(not_enabled(where))
            pulumi.log.warn(not_enabled(where), component)
            return {"arn": "", "identityStoreId": "", "region": where, "status": "NOT_ENABLED"}
        with plain_errors():
            status = judge(describe(arns[0], where), arns[0])
        return {"arn": arns[0], "identityStoreId": stores[0], "region": where, "status": status}

    return pulumi.Output.all(region, found.arns, found.identity_store_ids).apply(decide)


def instances_here(opts: pulumi.InvokeOptions) -> list[str]:
    """The ARNs of the instances in the provider's Region, read at once. Raises NotPossibleHere if it can't be read."""
    try:
        return list(aws.ssoadmin.get_instances(opts=opts).arns)
    except Exception as error:  # noqa: BLE001 - an invoke's failure has no class of its own
        raise explain_instances_failure(str(error)) from None
