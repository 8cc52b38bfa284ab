"""Buckets name the parts of a problem set, and are read by these names."""

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.buckets import Bucket, Every, read
from pytest_mathbench.domains import LEVELS, Domain

DOMAINS = list(map(str, Domain))
CELLS = [("algebra", 2), ("algebra", 1), ("geometry", 2)]


@pytest.mark.parametrize(
    ("name", "bucket"),
    [
        ("overall", Bucket()),
        ("algebra", Bucket("algebra")),
        ("level3", Bucket(level=3)),
        ("algebra/level3", Bucket("algebra", 3)),
    ],
)
def test_a_bucket_is_read_by_its_name(name: str, bucket: Bucket) -> None:
    """A domain, a level, both, or neither."""
    assert bucket == read(name, DOMAINS)
    assert name == bucket.name


@pytest.mark.parametrize(
    ("bucket", "inside"),
    [
        (Bucket(), CELLS),
        (Bucket("algebra"), CELLS[:2]),
        (Bucket(level=2), [("algebra", 2), ("geometry", 2)]),
        (Bucket("algebra", 2), [("algebra", 2)]),
        (Bucket("geometry", 1), []),
    ],
)
def test_a_bucket_holds_the_cells_that_it_names(bucket: Bucket, inside: list[tuple[str, int]]) -> None:
    """And no others."""
    assert inside == [cell for cell in CELLS if bucket.holds(cell)]


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        (Bucket(), "overall"),
        (Bucket("number_theory"), "Number theory"),
        (Bucket(level=3), "level 3"),
        (Bucket("number_theory", 3), "Number theory, level 3"),
    ],
)
def test_people_read_a_bucket_in_words(bucket: Bucket, expected: str) -> None:
    """What people read of a bucket is no gate's name of it."""
    assert expected == bucket.label


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Every.DOMAIN, [Bucket("algebra"), Bucket("geometry")]),
        (Every.LEVEL, [Bucket(level=1), Bucket(level=2)]),
        (Every.CELL, [Bucket("algebra", 2), Bucket("algebra", 1), Bucket("geometry", 2)]),
    ],
)
def test_every_stands_for_the_buckets_that_there_are(kind: Every, expected: list[Bucket]) -> None:
    """Domains, levels or cells that were measured, each once."""
    assert expected == kind.among(CELLS)
    assert kind == read(kind, DOMAINS)


def test_one_bucket_stands_for_itself() -> None:
    """Whether or not anything of it was measured."""
    assert [Bucket("precalculus")] == Bucket("precalculus").among(CELLS)


@pytest.mark.parametrize("domain", ["grade school", "Algebra/Linear", "level7", "a/level9", "unsafe?"])
def test_a_data_sets_own_domain_is_a_bucket(domain: str) -> None:
    """Whatever it is called, it is known by its name and not by how that looks."""
    assert Bucket(domain) == read(domain, [domain])
    assert [Bucket(domain)] == Every.DOMAIN.among([(domain, 1)])
    assert Bucket(domain).holds((domain, 5))


@pytest.mark.parametrize("name", ["level3", "overall"])
def test_a_name_of_ours_means_what_it_says(name: str) -> None:
    """All problems are overall, even where a data set has a domain of that name; its level is then the domain."""
    assert (Bucket() if name == "overall" else Bucket(name)) == read(name, [name])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overal", "unknown bucket 'overal': did you mean overall"),
        ("number theory", "did you mean number_theory"),
        ("algebra/level6", "did you mean algebra/level"),
        ("level0", "unknown bucket 'level0'"),
        ("every domian", "did you mean every domain"),
        ("unsaf", "did you mean unsafe"),
        ("???", "there are overall, unsafe, every domain, every level, every bucket, prealgebra, "),
    ],
)
def test_an_unknown_bucket_is_refused_with_the_nearest(text: str, said: str) -> None:
    """With all valid names where none comes near."""
    with pytest.raises(ValueError, match="unknown bucket") as caught:
        read(text, DOMAINS, ("unsafe",))
    assert said in str(caught.value)


@PROPERTY
@given(st.none() | st.sampled_from(DOMAINS), st.none() | st.sampled_from(LEVELS), st.sampled_from(["", " ", "  "]))
def test_a_name_leads_back_to_its_bucket(domain: str | None, level: int | None, space: str) -> None:
    """Spaces about the slash are the user's."""
    bucket = Bucket(domain, level)
    assert bucket == read(bucket.name.replace("/", f"{space}/{space}"), DOMAINS)
