"""The provider under the real engine: imports, reads, sign-in and refusals. Each type's whole life: test_types.py."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest


def test_what_can_be_imported_is_then_unchanged(new_stack: Callable) -> None:
    stack = new_stack("")
    stack.session.aws.client("iam").create_role(
        RoleName="old",
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
        ),
    )
    rows = [
        {"type": "aws:organizations/awsServiceAccess:AwsServiceAccess", "name": "sso", "id": "sso.amazonaws.com"},
        {"type": "aws:organizations/organization:Organization", "name": "org", "id": "o-exampleorg01"},
        {"type": "aws:iam/role:Role", "name": "old", "id": "old"},
    ]
    (stack.folder / "import.json").write_text(json.dumps({"resources": rows}))
    stack.pulumi("import", "--file", "import.json", "--yes", "--generate-code=false")
    inputs = {resource["type"]: resource.get("inputs", {}) for resource in stack.state()}
    assert inputs["aws:organizations/organization:Organization"]["awsServiceAccessPrincipals"] == ["sso.amazonaws.com"]
    assert inputs["aws:iam/role:Role"]["name"] == "old"


def test_what_aws_lost_is_gone_after_a_refresh(new_stack: Callable) -> None:
    stack = new_stack('import pulumi_aws as aws\naws.iam.User("user", name="ann")\n')
    stack.up()
    stack.session.aws.client("iam").delete_user(UserName="ann")
    stack.refresh()
    assert "aws:iam/user:User" not in {resource["type"] for resource in stack.state()}


def test_an_unknown_type_is_previewed_and_then_refused(new_stack: Callable) -> None:
    stack = new_stack(
        """
        import pulumi
        import pulumi_aws as aws
        bucket = aws.s3.Bucket("bucket")
        pulumi.export("arn", bucket.arn)
        """
    )
    result = stack.up(check=False)
    assert "2 to create" in result.out
    assert result.code != 0
    assert "add a record to the file of its service in sandbox/provider/types/" in result.text


def test_wrong_and_missing_inputs_are_named(new_stack: Callable) -> None:
    stack = new_stack(
        """
        import pulumi
        class Loose(pulumi.CustomResource):
            def __init__(self, name, props):
                super().__init__("aws:organizations/awsServiceAccess:AwsServiceAccess", name, props)
        Loose("wrong", {"principal": "sso.amazonaws.com"})
        """
    )
    result = stack.preview(check=False)
    assert "has no input 'principal'; it has servicePrincipal" in result.text
    assert "Missing required argument: 'servicePrincipal'" in result.text


def test_names_are_automatic_and_stable_and_a_given_one_replaces(new_stack: Callable) -> None:
    stack = new_stack('import pulumi_aws as aws\naws.iam.User("user")\n')
    stack.up()
    name = next(row["id"] for row in stack.state() if row["type"] == "aws:iam/user:User")
    assert name.startswith("user-")
    stack.write('import pulumi_aws as aws\naws.iam.User("user", name="ann")\n')
    assert "1 replaced" in stack.up().out


def test_a_provider_works_in_another_accounts_role(new_stack: Callable) -> None:
    stack = new_stack(
        """
        import pulumi
        import pulumi_aws as aws
        other = aws.Provider("other", region="us-east-1", default_tags={"tags": {"owner": "us"}},
            assume_roles=[{"roleArn": "arn:aws:iam::222233334444:role/OrganizationAccountAccessRole"}])
        opts = pulumi.ResourceOptions(provider=other)
        user = aws.iam.User("user", name="ann", tags={"team": "red"}, opts=opts)
        pulumi.export("arn", user.arn)
        pulumi.export("tags", user.tags_all)
        """
    )
    stack.up()
    assert stack.outputs() == {"arn": "arn:aws:iam::222233334444:user/ann", "tags": {"owner": "us", "team": "red"}}
    stack.up("--expect-no-changes", "--refresh")


def test_a_secret_input_stays_secret(new_stack: Callable) -> None:
    stack = new_stack(
        """
        import json
        import pulumi
        import pulumi_aws as aws
        role = aws.iam.Role("role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": []}),
            description=pulumi.Output.secret("abracadabra"))
        pulumi.export("description", role.description)
        """
    )
    result = stack.up()
    assert "abracadabra" not in result.text
    assert "abracadabra" not in stack.pulumi("stack", "export").out


def test_an_endpoint_that_is_not_this_machine_is_refused(new_stack: Callable) -> None:
    stack = new_stack(
        """
        import pulumi
        import pulumi_aws as aws
        other = aws.Provider("other", endpoints=[{"iam": "https://iam.amazonaws.com", "sts": "https://sts.amazonaws.com"}])
        aws.iam.User("user", opts=pulumi.ResourceOptions(provider=other))
        """
    )
    result = stack.up(check=False)
    assert result.code != 0
    assert "only an address of this machine is allowed" in result.text


@pytest.mark.parametrize("seed", ["no-organization"])
def test_an_error_of_aws_is_one_sentence_with_its_code(new_stack: Callable, seed: str) -> None:
    stack = new_stack(
        'import pulumi_aws as aws\naws.organizations.AwsServiceAccess("a", service_principal="sso.amazonaws.com")\n',
        seed=seed,
    )
    result = stack.up(check=False)
    assert "operation error: EnableAWSServiceAccess" in result.text
    assert "AWSOrganizationsNotInUseException" in result.text
    assert "Traceback" not in result.text
