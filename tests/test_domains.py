"""What domains are called by people, and in which order they stand."""

import pytest

from pytest_mathbench.domains import Domain, in_order, label


@pytest.mark.parametrize(
    ("domain", "said"),
    [
        (Domain.COUNTING_AND_PROBABILITY, "Counting & probability"),
        (Domain.INTERMEDIATE_ALGEBRA, "Intermediate algebra"),
        (Domain.ALGEBRA, "Algebra"),
        ("my_domain", "My domain"),
        ("_2024_aime", "2024 aime"),
        ("_", "_"),
    ],
)
def test_a_domain_is_called_by_its_words(domain: str, said: str) -> None:
    """MATH's seven, and those of a data set of one's own by the same rule."""
    assert said == label(domain)


def test_maths_seven_come_first() -> None:
    """In their order; then a data set's own, by name, each once."""
    assert ["prealgebra", "algebra", "a_b", "zeta"] == in_order(["zeta", "algebra", "a_b", "prealgebra", "algebra"])
