"""How much of a property a path of ignoreChanges covers; the engine's part is in tests/engine."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.ignore_changes import Ignored, how_ignored

from tests.walk import walk


@walk(
    ("path", "ignored"),
    [
        *((path, Ignored.ALL) for path in ("tags", '["tags"]', "*", "[*]", '["*"]')),
        *((path, Ignored.A_PART) for path in ("tags[0]", "tags[*]", 'tags["x"]', "tags.x", '["tags"][0]', "[*][0]")),
        *((path, Ignored.NOTHING) for path in ("tag", "tagsAll", " tags", "['tags']", "[tags]", "tagsAll[0]", "")),
    ],
)
def test_each_spelling_covers_what_the_engine_leaves_alone(path: str, ignored: Ignored) -> None:
    assert how_ignored("tags", [path]) is ignored


def test_the_whole_outweighs_a_part() -> None:
    assert how_ignored("tags", ["tags[0]", "tags"]) is Ignored.ALL
