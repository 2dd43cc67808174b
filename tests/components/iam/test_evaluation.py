"""The evaluator's laws, on generated documents and requests, and single facts from AWS's pages."""

from __future__ import annotations

import itertools
import json
import urllib.parse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.iam import (
    MalformedDocument,
    Request,
    Verdict,
    certainly_denies,
    evaluate,
    parse_document,
)
from pulumi_aws_identity_center.iam.condition_operators import NEGATED, POSITIVE

from tests.property_examples import examples
from tests.walk import walk

ACTIONS = ["a:x", "a:y", "b:x"]
KEYS, VALUES = ["k", "l"], ["1", "2"]
OPERATORS = [
    prefix + base + suffix
    for prefix, base, suffix in itertools.product(
        ["", "ForAnyValue:", "ForAllValues:"],
        ["StringEquals", "StringNotEquals", "StringLike", "NumericLessThan"],
        ["", "IfExists"],
    )
] + ["Null"]
ORDER = {Verdict.DENIED: 0, Verdict.UNDETERMINED: 1, Verdict.ALLOWED: 2}


def condition(name, key, value):
    return {name: {key: ("true" if value == "1" else "false") if name == "Null" else value}}


NONE: dict[str, dict[str, str]] = {}
conditions = st.one_of(
    st.just(NONE),
    st.builds(condition, st.sampled_from(OPERATORS), st.sampled_from(KEYS), st.sampled_from([*VALUES, "${l}"])),
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Condition": conditions,
        "Resource": st.sampled_from(["*", "r1", "r?", "r2", "${k}"]),
    }
).flatmap(
    lambda base: st.builds(
        lambda name, actions: {**base, name: actions},
        st.sampled_from(["Action", "Action", "NotAction"]),
        st.lists(st.sampled_from([*ACTIONS, "a:*", "*:X", "*"]), min_size=1, max_size=2),
    )
)
documents = st.lists(statements, max_size=4).map(lambda found: {"Version": "2012-10-17", "Statement": found})
contexts = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([(), ("1",), ("2",)]), max_size=2)
unknowns = st.frozensets(st.sampled_from(KEYS))
requests = st.builds(Request, st.sampled_from(ACTIONS), st.sampled_from(["r1", "r2"]), contexts, unknowns)


def verdict(request, *found, **more):
    return evaluate(request, identity=[parse_document(match) for match in found], **more).verdict


@given(documents, statements, requests)
def test_a_deny_never_widens_and_an_allow_never_narrows(document, statement, request):
    before = ORDER[verdict(request, document)]
    for effect, holds in (("Deny", int.__le__), ("Allow", int.__ge__)):
        more = {"Statement": [*document["Statement"], {**statement, "Effect": effect}], "Version": "2012-10-17"}
        assert holds(ORDER[verdict(request, more)], before)


@given(documents, requests)
def test_what_certainly_denies_is_what_decides_a_denial(document, request):
    parsed = parse_document(document)
    decision = evaluate(request, identity=[parsed])
    assert certainly_denies(parsed, request) is (decision.verdict is Verdict.DENIED and bool(decision.by))


@given(documents, documents, requests)
def test_a_boundary_and_an_scp_never_widen(document, limit, request):
    before, parsed = ORDER[verdict(request, document)], parse_document(limit)
    assert ORDER[verdict(request, document, boundary=parsed)] <= before
    assert ORDER[verdict(request, document, scps=[[parsed]])] <= before


@given(documents, requests)
def test_expanding_a_wildcard_to_what_it_matches_changes_nothing(document, request):
    spelt = {"a:*": ["a:x", "a:y"], "*:X": ["a:x", "b:x"], "*": ACTIONS}
    expanded = [
        {**s, name: [spelling for action in s[name] for spelling in spelt.get(action, [action])]}
        for s in document["Statement"]
        for name in ("Action", "NotAction")
        if name in s
    ]
    assert verdict(request, document) == verdict(request, {**document, "Statement": expanded})


@settings(max_examples=examples(150))
@given(documents, requests)
def test_a_verdict_holds_for_every_completion_of_unknowns(document, request):
    known_keys = {key: value for key, value in request.context.items() if key not in request.unknown_keys}
    choices = itertools.product([(), ("1",), ("2",), ("1", "2")], repeat=len(request.unknown_keys))
    completed = {
        verdict(
            Request(
                request.action, request.resource, {**known_keys, **dict(zip(request.unknown_keys, c, strict=True))}
            ),
            document,
        )
        for c in choices
    } - {Verdict.UNDETERMINED}
    answer = verdict(request, document)
    assert answer is Verdict.UNDETERMINED or completed <= {answer}


def ask(name, wanted, value, *, key="k"):
    document = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {name: {key: wanted}}},
    }
    return verdict(Request("a:x", context={"K": value}), document) is Verdict.ALLOWED


@walk(
    ("name", "wanted", "value", "holds"),
    [
        ("StringEquals", "ann", "Ann", False),
        ("StringEqualsIgnoreCase", "ann", "Ann", True),
        ("StringEquals", "a*", "ann", False),
        ("StringLike", "a?n", "ann", True),
        ("StringNotEquals", ["ann", "bob"], "bob", False),
        ("StringNotEquals", "ann", (), True),
        ("StringEquals", "ann", (), False),
        ("StringEqualsIfExists", "ann", (), True),
        ("StringEqualsIfExists", "ann", "bob", False),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
        ("ForAllValues:StringEquals", "a", (), True),
        ("ForAnyValue:StringEquals", "a", ("a", "c"), True),
        ("ForAnyValue:StringEquals", "a", (), False),
        ("ForAnyValue:StringNotEquals", "a", ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", "a", (), False),
        ("NumericLessThanEquals", 10, "10", True),
        ("NumericLessThan", "10", "9.5", True),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2021-01-01T00:00:00Z", True),
        ("DateLessThan", "2020-01-01T00:00:01Z", "2021-01-01T00:00:00Z", False),
        ("Bool", True, "true", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", False),
        ("IpAddress", "2001:db8::/32", "203.0.113.9", False),
        ("ArnLike", "arn:aws:iam::*:role/a*", "arn:aws:iam::1:role/ab", True),
        ("ArnEquals", "arn:*:role/a", "arn:aws:iam::1:role/a", False),
        ("Null", "true", (), True),
        ("Null", "true", "x", False),
        ("StringEquals", "${k}", "ann", True),
        ("StringEquals", "${gone, 'ann'}", "ann", True),
        ("StringEquals", "${gone}", "ann", False),
        ("StringLike", "${*}", "ann", False),
        ("StringLike", "a${*}", "a*", True),
        ("StringLike", "${k}", "a*b", True),
        ("StringNotLike", "a*", "ann", False),
        ("StringNotLikeIfExists", "a*", (), True),
        ("StringNotEqualsIgnoreCase", "ANN", "ann", False),
        ("ArnNotLike", "arn:aws:iam::*:role/a*", "arn:aws:iam::1:role/b", True),
        ("ArnNotEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", False),
        ("ArnLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/x:y", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", "9", True),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericLessThan", "10", (), False),
        ("NumericLessThanIfExists", "10", (), True),
        ("DateEquals", "2020-01-01T00:00:00Z", "1577836800", True),
        ("DateNotEquals", "2020-01-01", "2020-01-02", True),
        ("DateGreaterThanEquals", "2020-01-01T00:00:00+01:00", "2019-12-31T23:00:00Z", True),
        ("DateLessThanEquals", "1577836800", "2020-01-01T00:00:01Z", False),
        ("Bool", "false", "true", False),
        ("Bool", "true", (), False),
        ("BoolIfExists", "true", (), True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJz", False),
        ("IpAddress", "203.0.113.9", "203.0.113.9", True),
        ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::9", True),
        ("NotIpAddress", "10.0.0.0/8", (), True),
        ("Null", "false", "x", True),
        ("Null", True, (), True),
        ("Null", ["true", "false"], (), True),
        ("ForAllValues:StringLike", "a*", ("ab", "b"), False),
        ("ForAllValues:StringNotEquals", "a", ("b", "c"), True),
        ("ForAllValues:StringNotEquals", "a", ("a", "c"), False),
        ("ForAllValues:StringEqualsIfExists", "a", (), True),
        ("ForAnyValue:StringEqualsIfExists", "a", (), True),
        ("ForAnyValue:StringLike", "a*", ("b", "ab"), True),
        ("ForAnyValue:ArnLike", "arn:aws:iam::*:role/a", ("arn:aws:iam::1:role/a",), True),
        ("ForAllValues:Bool", "true", ("true",), True),
        ("stringequals", "ann", "ann", True),
        ("StringEquals", "${ k , 'x' }", "ann", True),
        ("StringEquals", "${$}{k}", "${k}", True),
    ],
)
def test_each_operator_holds_as_aws_documents_it(name, wanted, value, holds):
    assert ask(name, wanted, value) is holds


@walk("name", ["StringMatches", ":StringEquals", "ForSomeValues:StringEquals", "IfExists"])
def test_an_operator_that_iam_lacks_decides_nothing(name):
    condition = {name: {"k": "ann"}}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    assert verdict(Request("a:x", context={"k": "ann"}), {"Statement": allow}) is Verdict.UNDETERMINED


def test_variables_are_text_in_the_older_version():
    document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "${k}"}}
    assert verdict(Request("a:x", "${k}", {"k": "r"}), document) is Verdict.ALLOWED
    assert verdict(Request("a:x", "r", {"k": "r"}), document) is Verdict.DENIED


def test_a_value_never_acts_as_a_wildcard():
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "home/${k}"}}
    assert verdict(Request("a:x", "home/bob", {"k": "*"}), document) is Verdict.DENIED


def test_every_scp_level_has_to_allow():
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    some = {"Statement": {"Effect": "Allow", "Action": "b:*", "Resource": "*"}}
    levels = [[parse_document(everything)], [parse_document(some)]]
    assert verdict(Request("a:x"), everything, scps=levels) is Verdict.DENIED
    assert verdict(Request("b:x"), everything, scps=levels) is Verdict.ALLOWED


def test_a_url_encoded_text_is_read_as_iam_returns_it():
    text = urllib.parse.quote('{"Statement":[{"Effect":"Allow","Action":"a:*","Resource":"*"}]}')
    assert verdict(Request("A:X"), text) is Verdict.ALLOWED


names = st.sampled_from(
    ["Version", "Statement", "Effect", "Action", "Resource", "NotAction", "Principal", "Condition", "Bool", "aws:x"]
)
values = st.sampled_from(
    ["2012-10-17", "Allow", "Deny", "*", "${", "${aws:x, 'y'}", "%7B", "1e400", True, 7, -0.5, None]
)
nested = st.recursive(
    values, lambda each: st.lists(each, max_size=2) | st.dictionaries(names, each, max_size=4), max_leaves=12
)


@settings(max_examples=examples(150))
@given(nested, st.builds(lambda found: {"Statement": found}, nested))
def test_anything_at_all_is_a_document_or_malformed(whole, statement):
    for form in (whole, statement, json.dumps(whole), urllib.parse.quote(json.dumps(statement))):
        try:
            document = parse_document(form)
        except MalformedDocument:
            continue
        evaluate(Request("a:x", "r", {"aws:x": "1"}, frozenset({"*"})), identity=[document])


ODD = [
    "",
    "x",
    "1e400",
    "nan",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "::::::",
    "1.2.3.4/99",
    "=",
    "${",
    "[a",
]


@walk("name", sorted({*POSITIVE, *NEGATED}))
def test_no_value_is_too_odd_for_an_operator(name):
    for wanted, given_ in itertools.product(ODD, ODD):
        assert ask(name, wanted, given_) in (True, False)


@pytest.mark.parametrize(
    ("text", "told"), [("[" * 100_000, "nested too deeply"), ('{"Statement": %s}' % ("9" * 5_000), "number too long")]
)
def test_a_text_that_python_itself_gives_up_on_is_malformed(text, told):
    with pytest.raises(MalformedDocument, match=told):
        parse_document(text)


@walk(
    ("document", "where"),
    [
        ("{", "not JSON"),
        ("[]", "a list"),
        ('{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Action": "*"}]}', "'Effect' twice"),
        ('{"Statement": [{"Effect": "Allow", "Action": "*", "Action": "s3:*"}]}', "'Action' twice"),
        ('{"Statement": [], "Statement": [{"Effect": "Allow", "Action": "*"}]}', "'Statement' twice"),
        ('{"Statement": [], "Id": "", "Id": "", "Id": "", "Statement": []}', "'Statement' twice"),
        ({}, "Statement is missing"),
        ({"Version": "2020", "Statement": []}, "Version"),
        ({"Statement": [{"Effect": "Allow", "Resource": "*"}]}, r"Statement\[0\] has neither"),
        ({"Statement": [{"Effect": "allow", "Action": "*"}]}, r"Statement\[0\].Effect"),
        ({"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "*"}]}, "both"),
        ({"Statement": [{"Effect": "Allow", "Action": [1]}]}, r"Statement\[0\].Action"),
        ({"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"Bool": "x"}}]}, "Condition.Bool"),
    ],
)
def test_a_malformed_document_is_refused_with_the_place(document, where):
    with pytest.raises(MalformedDocument, match=where):
        parse_document(document)
