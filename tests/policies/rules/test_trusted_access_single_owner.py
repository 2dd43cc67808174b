"""From one owner, a second one added a case."""

from __future__ import annotations

from rules import tokens
from rules.rule import UNKNOWN
from rules.trusted_access_single_owner import RULE

SSO = "sso.amazonaws.com"
LIST = "awsServiceAccessPrincipals"


def _access(rule, name="sso", principal=SSO):
    return rule.declared(tokens.SERVICE_ACCESS, name, props={"servicePrincipal": principal})


def _organization(rule, name="org", ignore=()):
    return rule.declared(tokens.ORGANIZATION, name, props={LIST: [SSO]}, ignore_changes=ignore)


def test_one_owner_passes_whichever_it_is(rule) -> None:
    assert rule.messages(RULE, _access(rule)) == []
    assert rule.messages(RULE, _organization(rule)) == []
    assert rule.messages(RULE, _access(rule, principal=UNKNOWN)) == []


def test_a_list_whose_changes_are_ignored_is_no_owner(rule) -> None:
    assert rule.messages(RULE, _access(rule), _organization(rule, ignore=(LIST,))) == []


def test_the_accesses_of_other_services_are_no_owners(rule) -> None:
    others = [_access(rule, "a", "guardduty.amazonaws.com"), _access(rule, "b", "guardduty.amazonaws.com")]
    assert rule.messages(RULE, *others, _organization(rule)) == []


def test_access_and_list_are_refused_with_both_names_and_the_fix(rule) -> None:
    for order in ([_access(rule), _organization(rule)], [_organization(rule), _access(rule)]):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith(f"org's {LIST} and sso both own")
        assert f'ignore_changes=["{LIST}"]' in message
        assert f"ignoreChanges: [{LIST}]" in message


def test_two_accesses_are_refused_and_three_twice(rule) -> None:
    (message,) = rule.messages(RULE, _access(rule, "one"), _access(rule, "two"))
    assert message.startswith("two and one both own")
    assert len(rule.messages(RULE, *(_access(rule, name) for name in ("one", "two", "three")))) == 2


def test_a_second_owner_that_the_preview_cannot_know_is_a_finding_in_its_own_words(rule) -> None:
    maybe = _access(rule, "maybe", UNKNOWN)
    for order in ([maybe, _access(rule)], [_access(rule), maybe]):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith("maybe and sso may both own")
        assert "can't know the servicePrincipal of maybe" in message
    (message,) = rule.messages(RULE, maybe, _organization(rule))
    assert message.startswith(f"org's {LIST} and maybe may both own")
    assert "can't know the servicePrincipal of maybe" in message
