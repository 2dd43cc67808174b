"""Whether an AWS service may act on a resource: only the resource policy decides, since a service has no other
policies.

Source: IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services; the keys that a service
brings are on reference_policies_condition-keys.html (aws:SourceArn, aws:SourceAccount).
"""

from __future__ import annotations

from pulumi_aws_identity_center.iam import MalformedDocument, Request, Verdict, evaluate, parse_document


def service_may(service: str, action: str, resource: str, policy: str | None, *, source: str, account: str) -> bool:
    """service: such as events.amazonaws.com; policy: the resource's, as text; source: the ARN on whose behalf it acts.
    A policy that can't be read allows nothing."""
    if not policy:
        return False
    keys = {
        "aws:SourceArn": source,
        "aws:SourceAccount": account,
        "aws:SourceOwner": account,  # SNS's older key, in the policy that every topic starts with
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": service,
        "aws:SecureTransport": "true",
    }
    request = Request(action, resource, keys, principals=frozenset({("Service", service)}))
    try:
        document = parse_document(policy)
    except MalformedDocument:
        return False
    decision = evaluate(request, identity=[], resource_policies=[document], resource_must_allow=True)
    return decision.verdict is Verdict.ALLOWED
