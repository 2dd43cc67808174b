"""The records: every name in them is pulumi_aws's own, and every type lives a whole life on the engine."""

from __future__ import annotations

from sandbox.provider import functions, introspection, schema
from sandbox.provider.types import RECORDS
from tests.walk import walk


@walk("token", sorted(RECORDS))
def test_every_records_name_is_an_input_of_pulumi_aws(token: str) -> None:
    record, type_schema = RECORDS[token], schema.of(token, RECORDS)
    assert type_schema is not None
    named = record.replaces | record.sets | record.documents | record.computed | set(record.defaults)
    assert named - type_schema.inputs == set()
    assert record.named is None or record.named in type_schema.inputs
    assert not record.tagged or "tagsAll" in type_schema.outputs


def test_introspection_knows_what_is_required_and_what_is_always_set() -> None:
    type_schema = schema.of("aws:organizations/awsServiceAccess:AwsServiceAccess")
    assert type_schema is not None
    assert type_schema.inputs == {"servicePrincipal"} == type_schema.required
    assert type_schema.outputs == {"servicePrincipal", "dateEnabled"}
    organization = schema.of("aws:organizations/organization:Organization")
    assert organization is not None
    assert "arn" in organization.always
    assert "awsServiceAccessPrincipals" not in organization.always


def test_all_of_pulumi_aws_is_known_and_nothing_else() -> None:
    assert len(introspection.tokens()) > 1500
    assert schema.of("aws:organizations/awsServiceAccess:Nonsense") is None


def test_functions_are_named_by_their_tokens() -> None:
    assert all(token.startswith("aws:") and token.count(":") == 2 for token in functions.FUNCTIONS)
