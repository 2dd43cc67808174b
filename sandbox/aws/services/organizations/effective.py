"""Effective management policies: what root, OUs and account say together.

Source: orgs_manage_policies_inheritance_mgmt.html. A level's `@@assign` replaces what its parents say, `@@append`
adds to it, `@@remove` takes from it; maps are merged key by key. `@@operators_allowed_for_child_policies` is kept out
of the result and not enforced: a child's operator that it forbids is applied all the same.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .access import constraint, organization

_CONTROL = "@@operators_allowed_for_child_policies"


@handles("organizations", "DescribeEffectivePolicy")
def describe_effective_policy(context: Context) -> dict[str, Any]:
    """For the caller's own account, or from the management account for any."""
    world, found = context.world, organization(context.world)
    target, policy_type = context.parameter("TargetId") or context.account, context.parameter("PolicyType")
    if target != context.account and context.account not in (world.management, *world.delegated):
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.")
    if found.feature_set != "ALL":
        raise constraint("All features must be enabled.", "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")
    if target not in found.accounts:
        raise AwsError("TargetNotFoundException", "We can't find an account with the TargetId that you specified.")
    applied = [
        found.policies[policy_id]
        for level in found.path_to(target)
        for policy_id in found.attached.get(level, {})
        if found.policies[policy_id].type == policy_type
    ]
    if not applied:
        raise AwsError(
            "EffectivePolicyNotFoundException",
            "If you ran this action on the management account, this policy type "
            "is not enabled. If you ran the action on a member account, the account doesn't have an effective policy.",
        )
    merged: Any = {}
    for policy in applied:
        merged = merge(merged, json.loads(policy.content))
    return {
        "EffectivePolicy": {
            "PolicyContent": json.dumps(resolved(merged)),
            "LastUpdatedTimestamp": max(policy.updated for policy in applied),
            "TargetId": target,
            "PolicyType": policy_type,
        }
    }


def merge(inherited: Any, own: dict[str, Any]) -> Any:
    """What a level makes of what it inherits; values under an operator stay in `@@assign` until `resolved`."""
    if "@@assign" in own:
        return {"@@assign": own["@@assign"]}
    if "@@append" in own or "@@remove" in own:
        before = inherited.get("@@assign", []) if isinstance(inherited, dict) else []
        values = [*(before if isinstance(before, list) else [before]), *own.get("@@append", [])]
        kept = [value for value in dict.fromkeys(values) if value not in own.get("@@remove", [])]
        return {"@@assign": kept}
    result = dict(inherited) if isinstance(inherited, dict) else {}
    for key, value in own.items():
        if key != _CONTROL and isinstance(value, dict):
            result[key] = merge(result.get(key, {}), value)
    return result


def resolved(tree: Any) -> Any:
    """The tree with values in the place of operators."""
    if not isinstance(tree, dict):
        return tree
    return tree["@@assign"] if "@@assign" in tree else {key: resolved(value) for key, value in tree.items()}
