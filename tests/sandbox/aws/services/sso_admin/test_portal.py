"""What people lose when trusted access goes off, and have again when it is on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.aws.services.sso_admin.portal import SignInFailed, sign_in

SSO = "sso.amazonaws.com"
LOG = "222233334444"


def test_a_user_reaches_own_and_group_assignments(scene: Callable) -> None:
    stage = scene()
    stage.assign(stage.permission_set("Admin"), LOG, "admins")
    stage.assign(stage.permission_set("Own"), LOG, "ann", "USER")
    stage.assign(stage.permission_set("Reader"), LOG, "readers")
    assert [access.permission_set for access in sign_in(stage.cloud.world, "ann")] == ["Admin", "Own"]
    assert sign_in(stage.cloud.world, "bob") == []


def test_nobody_signs_in_while_trusted_access_is_off(scene: Callable) -> None:
    stage = scene()
    stage.assign(stage.permission_set(), LOG)
    before, organizations = sign_in(stage.cloud.world, "ann"), stage.cloud.client("organizations")
    # AWS may refuse to disable while there is a delegated administrator; this is not what is looked at here.
    organizations.deregister_delegated_administrator(AccountId="333344445555", ServicePrincipal=SSO)
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    with pytest.raises(SignInFailed, match=f"{SSO} has no trusted access"):
        sign_in(stage.cloud.world, "ann")
    assert stage.roles(LOG) == [before[0].role_arn.rpartition("/")[2]]
    organizations.enable_aws_service_access(ServicePrincipal=SSO)
    assert sign_in(stage.cloud.world, "ann") == before


def test_an_unknown_user_and_no_instance_are_told_apart(scene: Callable, aws: Callable) -> None:
    with pytest.raises(SignInFailed, match="no user 'eve'"):
        sign_in(scene().cloud.world, "eve")
    with pytest.raises(SignInFailed, match="no ACTIVE organization instance"):
        sign_in(aws("organization").world, "ann")


def test_an_account_whose_saml_provider_was_deleted_is_cut_off(scene: Callable) -> None:
    stage = scene()
    permission_set = stage.permission_set("Admin")
    stage.assign(permission_set, LOG)
    stage.assign(permission_set, "444455556666")
    iam = stage.cloud.client("iam", LOG)
    [provider] = iam.list_saml_providers()["SAMLProviderList"]
    assert provider["Arn"].endswith("_DO_NOT_DELETE")
    iam.delete_saml_provider(SAMLProviderArn=provider["Arn"])
    assert [access.account for access in sign_in(stage.cloud.world, "ann")] == ["444455556666"]
    assert len(stage.roles(LOG)) == 1


def test_assigning_anew_mends_a_deleted_saml_provider(scene: Callable) -> None:
    stage = scene()
    permission_set = stage.permission_set("Admin")
    stage.assign(permission_set, LOG)
    iam = stage.cloud.client("iam", LOG)
    iam.delete_saml_provider(SAMLProviderArn=iam.list_saml_providers()["SAMLProviderList"][0]["Arn"])
    stage.client().delete_account_assignment(**stage.grant(permission_set, LOG))
    assert sign_in(stage.cloud.world, "ann") == []
    stage.assign(permission_set, LOG)
    assert [access.account for access in sign_in(stage.cloud.world, "ann")] == [LOG]
