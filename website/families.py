"""Write the page of the families.

    python website/families.py > docs/families.md

Of each, its idea and the first problem that the bundled set has of it, so that a change of either shows in a review.
"""

import sys

from pytest_mathbench import difficulty
from pytest_mathbench.domains import LEVELS, Domain, label
from pytest_mathbench.families.catalog import families
from pytest_mathbench.families.drawing import name_of
from pytest_mathbench.families.family import Family
from pytest_mathbench.problems import load
from pytest_mathbench.records import Problem

HEAD = """# The families

What the bundled problems are drawn from: {count} families, by domain and level, each with its idea, its first problem
in the bundled set, and how many of its problems the models solved that were tried
([how levels are defined](problems.md#levels)).
`python website/families.py` writes this page.
"""


def page() -> str:
    """Return the page in Markdown."""
    found = families()
    first: dict[tuple[str, int, str], Problem] = {}
    for problem in load("").problems:
        first.setdefault((problem.domain, problem.level, problem.family), problem)
    parts = [HEAD.format(count=len(found))]
    for domain in Domain:
        title = label(domain)
        parts.append(f"\n## {title}\n")
        for level in LEVELS:
            parts.append(f"\n### {title}, level {level}\n\n")
            parts += [
                _entry(family, first[domain, level, name_of(family)])
                for family in found
                if (family.domain, family.level) == (domain, level)
            ]
    return "".join(parts)


def _entry(family: type[Family], problem: Problem) -> str:
    """Return a list item; displays stand in the line here."""
    idea = (family.__doc__ or "").strip().splitlines()[0]
    statement = problem.statement.replace(r"\[", "$$").replace(r"\]", "$$")
    measured = "".join(f" · {each}" for each in difficulty.of(problem))
    return f"- **{name_of(family)}**: {idea} {statement} **Answer:** ${problem.answer}${measured}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
