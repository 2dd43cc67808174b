"""`Instance`: finds and reports IAM Identity Center's organization instance.

No API can enable an organization instance in the management account: the console or Control Tower does. If there
is none, the error says what to do. It reads AWS after trusted access exists (`trustedAccess`), and it can declare the
instance's access-control attributes. `instance_checks.py` reads AWS and has the messages.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
from collections.abc import Mapping, Sequence
from typing import Any, Optional, TypedDict

import pulumi

from pulumi_aws_identity_center.errors import NotKnownYet

from .adoption import ATTRIBUTES, adopted_alias
from .aliases import with_checked_aliases
from .arguments import read_arguments
from .aws_reader import ask_aws
from .aws_resources import InstanceAccessControlAttributes
from .blocking import known_or_unknown
from .instance_checks import find_organization_instance, list_regional_instances, status_of, why_not_here
from .resource_options import outputs_of
from .user_errors import plain_error, plain_errors


class AccessControlAttributeArgs(TypedDict):
    """One attribute for access control, and where its value comes from."""

    key: pulumi.Input[str]
    """The attribute's name in policies, as in aws:PrincipalTag/KEY."""
    sources: pulumi.Input[list[pulumi.Input[str]]]
    """Where its value comes from: one source, such as ${path:enterprise.department}."""


class InstanceArgs(TypedDict, total=False):
    """What to do where there is no instance, and what to declare where there is one."""

    whenNotEnabled: Optional[str]
    """What to do where there is no organization instance: error or warn. Default: error."""
    trustedAccess: Optional[pulumi.Input[str]]
    """A TrustedAccess's servicePrincipal: the instance is looked for when that is known."""
    accessControlAttributes: Optional[list[AccessControlAttributeArgs]]
    """Attributes for access control, at most 50. Left out, AWS keeps its own; those declared before are deleted."""


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

    def __init__(
        self,
        name: str,
        args: InstanceArgs = None,  # type: ignore[assignment] # the analyzer takes no Optional here
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        with plain_errors():
            args = read_arguments(args, InstanceArgs)
            opts = with_checked_aliases(opts, ATTRIBUTES.component_type, name)
        when = args.get("whenNotEnabled") or "error"
        attributes = args.get("accessControlAttributes")
        super().__init__(ATTRIBUTES.component_type, name, {}, opts)
        trusted = pulumi.Output.from_input(args.get("trustedAccess"))
        instance: pulumi.Output[dict[str, str] | None] = trusted.apply(lambda _: _look(self, when))
        outputs: pulumi.Output[dict[str, str]] = instance.apply(known_or_unknown)
        self.arn = outputs.apply(lambda values: values["arn"])
        self.identity_store_id = outputs.apply(lambda values: values["identityStoreId"])
        self.region = outputs.apply(lambda values: values["region"])
        self.status = outputs.apply(lambda values: values["status"])
        if attributes is not None:
            # In apply, because the instance may not exist. A preview looks too, so it shows the attributes.
            declared: pulumi.Output[bool] = self.arn.apply(lambda arn: self._declare(name, arn, attributes, opts))
            # The status waits for the declaration: a plugin answers its caller when the outputs are known, and a
            # resource that is declared later is not part of the program.
            self.status = pulumi.Output.all(self.status, declared).apply(lambda both: str(both[0]))
        self.register_outputs(outputs_of(self, Instance))

    async def _declare(
        self, name: str, arn: str, attributes: Sequence[Mapping[str, Any]], opts: Optional[pulumi.ResourceOptions]
    ) -> bool:
        """Declares the attributes if there is an instance. Returns whether it did."""
        if not arn:
            pulumi.log.warn("accessControlAttributes are left out: there is no instance to set them on yet.", self)
            return False
        # Attributes that exist are imported, because AWS refuses to create them again.
        exist = await ask_aws(self, lambda account: account.has_attributes(arn))
        InstanceAccessControlAttributes(
            name,
            {
                "instance_arn": self.arn,  # rather than arn: with what it depends on
                "attributes": [
                    {"key": attribute["key"], "values": [{"sources": attribute["sources"]}]} for attribute in attributes
                ],
            },
            # import_ does nothing for a resource that is in the state already.
            pulumi.ResourceOptions(
                parent=self,
                aliases=[adopted_alias(self, ATTRIBUTES, name, arn, opts)],
                import_=arn if exist.value else None,
            ),
        )
        return True


async def _look(component: pulumi.Resource, when: str) -> dict[str, str] | None:
    """The component's outputs; None if only the update can look."""
    with plain_errors():
        try:
            regional = await list_regional_instances(component)
        except NotKnownYet:
            return None
        if instance := await find_organization_instance(component, regional):
            return _outputs(regional.region, instance.arn, instance.identity_store, status_of(component, instance))
    sentence = await why_not_here(component, regional.region)
    if when == "error":
        raise plain_error(sentence)
    pulumi.log.warn(sentence, component)
    return _outputs(regional.region, "", "", "NOT_ENABLED")


def _outputs(region: str, arn: str, identity_store: str, status: str) -> dict[str, str]:
    return {"arn": arn, "identityStoreId": identity_store, "region": region, "status": status}
