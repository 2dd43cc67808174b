"""Tests of moto's own that don't pass on this sandbox, and why: nearly always because AWS's API model says otherwise.

`moto_own.py` fails for any other, and for one of these that passes; FIDELITY.md has the list.
"""

from __future__ import annotations

# Why a test can't pass here → the tests.
GROUPS: dict[str, str] = {
    "assigns made-up permission sets, principals or accounts: unknown ids are refused here": """
        test_create_account_assignment test_delete_account_assignment test_describe_account_assignment_creation_status
        test_describe_account_assignment_deletion_status test_list_account_assignments
        test_list_account_assignments_pagination test_list_account_assignments_for_principal
        test_list_account_assignments_for_principal_pagination""",
    "provisions to AWS_ACCOUNT without a TargetId, which is refused here": """
        test_provision_permission_set test_list_permission_sets_provisioned_to_account""",
    "runs in other partitions too: the sandbox is of the partition aws": """
        test_attach_managed_policy_to_permission_set test_create_organization test_enable_policy_type
        test_get_aws_managed_policy test_get_caller_identity_with_assumed_role_credentials
        test_get_caller_identity_with_iam_user_credentials""",
    "gives a user two emails: the API model allows one": "test_create_describe_full_user",
    "expects a shape without members that the API model has since got": """
        test_list_groups test_list_groups_filter test_describe_account test_list_accounts""",
    "deletes what isn't there without an error; the API model has ResourceNotFoundException": """
        test_delete_group_doesnt_exist test_delete_user_doesnt_exist""",
    "has two stores in an account and a Region: an instance has one": "test_group_multiple_identity_stores",
    "has all accounts on one page: the API model allows 20": "test_list_accounts_pagination",
    "gives two accounts one email: the second fails with EMAIL_ALREADY_EXISTS": "test_list_delegated_administrators",
    "expects the management account among the creations: it was not created by CreateAccount": """
        test_get_paginated_list_create_account_status test_list_create_account_status
        test_list_create_account_status_succeeded""",
    "expects an account that is closed at once: the API model has PENDING_CLOSURE first": """
        test_close_account_puts_account_in_suspended_status""",
    "expects FullAWSAccess to be attached while the policy type is off": """
        test_create_account_attaches_default_policies test_create_organizational_unit_attaches_default_policies
        test_list_polices test_list_resource_control_policies_for_target
        test_list_service_control_policies_for_target""",
    "expects policy types to be on or off as moto has them at first": "test_disable_policy_type_errors",
    "attaches more policies than there can be": "test_list_policies_for_target_pagination",
    "puts a document of another kind than the policy's type": """
        test_tag_resource_policy test_update_resource_control_policy test_update_service_control_policy""",
    "expects errors that the operation's API model does not have, where it has TargetNotFoundException": """
        test_attach_resource_control_policy_exception test_attach_service_control_policy_exception
        test_detach_resource_control_policy_account_id_not_found_exception
        test_detach_resource_control_policy_ou_not_found_exception
        test_detach_resource_control_policy_root_ou_not_found_exception
        test_detach_service_control_policy_account_id_not_found_exception
        test_detach_service_control_policy_ou_not_found_exception
        test_detach_service_control_policy_root_ou_not_found_exception
        test_list_resource_control_policies_for_target_exception
        test_list_service_control_policies_for_target_exception""",
    "expects not found for ids that break the API model's pattern, or another text for a value that breaks it": """
        test_create_policy_errors test_describe_organizational_unit_exception test_describe_policy_exception
        test_detach_resource_control_policy_invalid_target_exception
        test_detach_service_control_policy_invalid_target_exception test_enable_policy_type_errors
        test_list_polices_exception test_list_targets_for_policy_exception""",
    "asks for an account, or units, where there is no organization, or the other way round": """
        test_describe_account_exception test_list_delegated_services_for_account_erros
        test_list_organizational_units_for_parent_exception""",
    "deregisters the management account, which is not registered": "test_deregister_delegated_administrator_erros",
    "expects a unit's own name to be taken when it is renamed to it": "test_update_organizational_unit_duplicate_error",
    "becomes another account by an environment variable of moto's": """
        test_create_account_creates_custom_role test_create_account_creates_role
        test_remove_account_from_organization""",
    "uses paths that break the API model's pattern": """
        test_create_role_and_instance_profile test_create_virtual_mfa_device_errors
        test_get_credential_report_content__set_last_used_automatically test_get_role_policy
        test_invoking_ec2_mark_access_key_as_used test_list_instance_profiles test_list_instance_profiles_for_role
        test_list_role_policies test_list_users test_managed_policy test_put_role_policy
        test_remove_role_from_instance_profile test_update_assume_role_invalid_policy
        test_update_assume_role_invalid_policy_bad_action test_update_assume_role_invalid_policy_with_resource
        test_update_assume_role_valid_policy test_update_group_name_that_has_a_path test_update_group_path""",
    "expects moto's wording of a value that breaks the API model": """
        test_create_open_id_connect_provider_multiple_errors test_create_policy_with_tag_containing_large_key
        test_create_policy_with_tag_containing_large_value test_create_policy_with_too_many_tags
        test_create_role_with_tags test_set_default_policy_version test_tag_role test_untag_policy test_untag_role
        test_update_account_password_policy_errors test_updating_existing_tagged_policy_with_large_key
        test_updating_existing_tagged_policy_with_large_value
        test_updating_existing_tagged_policy_with_too_many_tags""",
    "names a permissions boundary that isn't there: IAM refuses it": """
        test_create_role_with_permissions_boundary test_get_account_authorization_details""",
    "reaches into moto's state of an account, which here is a world's": """
        test_get_credential_report_content test_get_role__should_contain_last_used test_mark_role_as_last_used
        test_password_last_used test_policy_config_dict test_role_config_dict""",
    "needs freezegun, which is not installed here": "test_add_user_to_group",
    "asks for an access key that nobody was given: here it does not exist": "test_get_access_key_info_default",
    "expects moto's own caller": "test_get_caller_identity_with_default_credentials test_sts_regions",
    "expects moto's wording of a name that is taken or isn't there": """
        test_add_user_to_unknown_group test_create_group test_create_user test_delete_service_linked_role
        test_get_group test_get_role__should_throw__when_role_does_not_exist test_remove_user_from_unknown_group
        test_update_group_with_existing_name""",
    "makes roles with a trust policy that is none: IAM refuses it": """
        test_attach_detach_role_policy test_create_role_defaults test_create_role_no_path
        test_create_role_with_same_name_should_fail test_delete_instance_profile test_delete_role
        test_get_account_summary test_list_entities_for_policy test_list_roles
        test_list_roles_max_item_and_marker_values_adhered test_list_roles_path_prefix_value_adhered
        test_list_roles_with_more_than_100_roles_no_max_items_defaults_to_100 test_only_detach_role_policy
        test_role_config_client test_update_role test_update_role_defaults test_update_role_description""",
    "has markers of moto's making: here one is for the call that returned it": """
        test_list_roles_none_found_returns_empty_list""",
    "expects in a list what the API reference says is left out of it": "test_list_policy_versions",
    "asks for itself without being a user: GetUser wants a name then": "test_get_current_user",
    "gives more than 50 tags": "test_list_open_id_connect_provider_tags__paginated",
    "calls an operation that nothing here needs: it is 501": """
        test_get_group_membership_id test_get_group_membership_id_does_not_exist
        test_get_group_membership_id_other_group test_is_member_in_groups
        test_is_member_in_groups_ignores_other_members test_list_create_account_status_in_progress
        test_list_delegated_services_for_account""",
}
# Test name → why it can't pass here.
DIFFERENCES: dict[str, str] = {name: why for why, names in GROUPS.items() for name in names.split()}
