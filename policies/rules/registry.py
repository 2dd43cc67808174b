"""The rules, in order. The README's table is held against this list by a test."""

from __future__ import annotations

from . import (
    break_glass_current,
    delegated_administrator_valid,
    guarded_resources_protected,
    last_administrator_kept,
    no_disable_grant,
    organization_all_features,
    organization_keeps_sso,
    service_linked_role_untouched,
    trusted_access_declared,
    trusted_access_single_owner,
)

RULES = (
    organization_keeps_sso.RULE,
    organization_all_features.RULE,
    guarded_resources_protected.RULE,
    trusted_access_declared.RULE,
    trusted_access_single_owner.RULE,
    no_disable_grant.RULE,
    service_linked_role_untouched.RULE,
    delegated_administrator_valid.RULE,
    break_glass_current.RULE,
    last_administrator_kept.RULE,
)
