"""What the project says of itself in several files is the same in all of them."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_mathbench import __version__

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def yaml_of(path: str) -> Any:
    """Read a YAML file of the project."""
    return yaml.safe_load((ROOT / path).read_text())


def pages_in(navigation: Any) -> set[str]:
    """Return the pages that a navigation leads to."""
    if isinstance(navigation, str):
        return {navigation}
    parts = navigation.values() if isinstance(navigation, dict) else navigation
    return {page for part in parts for page in pages_in(part)}


def test_every_page_is_in_the_navigation() -> None:
    """The site leads to each page of docs/, and to no other; its builder does not look."""
    assert {path.name for path in (ROOT / "docs").glob("*.md")} == pages_in(yaml_of("mkdocs.yml")["nav"])


@pytest.mark.parametrize("path", ["mkdocs.yml", "CITATION.cff", ".github/ISSUE_TEMPLATE/config.yml"])
def test_the_project_has_one_address(path: str) -> None:
    """Whoever is sent to the repository is sent to the same."""
    named = re.findall(r"https://github\.com/[^/\s]+/[^/\s]+", (ROOT / path).read_text())
    assert {PROJECT["urls"]["Source"]} == set(named)


def test_what_is_cited_has_the_package_s_version() -> None:
    """A release that forgets CITATION.cff fails here."""
    assert __version__ == yaml_of("CITATION.cff")["version"]


def test_ci_begins_with_the_oldest_python_that_is_allowed() -> None:
    """Whoever raises requires-python looks at CI's list as well."""
    pythons = yaml_of(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert PROJECT["requires-python"] == f">={pythons[0]}"


def test_ci_tests_each_python_that_is_claimed() -> None:
    """A classifier is a promise."""
    pythons = yaml_of(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    claimed = {each.split()[-1] for each in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", each)}
    assert set() == claimed - set(pythons)


@pytest.mark.parametrize(
    "path", [*WORKFLOWS, ROOT / ".ci" / "run", ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name
)
def test_a_target_of_make_that_is_named_exists(path: Path) -> None:
    """CI and contributors run what is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"^(?:\s*- run: |\s*)make ([a-z-]+)", path.read_text(), flags=re.MULTILINE))
    assert set() == named - targets


def test_the_image_s_user_is_no_superuser() -> None:
    """Confinement needs none, and whoever breaks out has none."""
    users = re.findall(r"^USER (\S+)$", (ROOT / "deploy" / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert ["1000"] == users


def test_the_image_has_what_its_build_takes() -> None:
    """What is not let through to the builder cannot be copied."""
    let_through = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()
    assert {"!pyproject.toml", "!constraints.txt", "!README.md", "!LICENSE", "!pytest_mathbench", "!problems"} == {
        line for line in let_through if line.startswith("!")
    }


@pytest.mark.parametrize("kind", ["initContainers", "containers"])
def test_the_job_has_no_privilege(kind: str) -> None:
    """It is allowed by the Pod Security Standard "restricted", and writes nothing but its volumes."""
    pod = yaml_of("deploy/job.yaml")["spec"]["template"]["spec"]
    assert (True, 1000) == (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"])
    assert {"type": "RuntimeDefault"} == pod["securityContext"]["seccompProfile"]
    assert False is pod["automountServiceAccountToken"]
    confined = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [confined] == [container["securityContext"] for container in pod[kind]]


def test_the_job_is_of_this_version() -> None:
    """A release that forgets its image fails here."""
    text = (ROOT / "deploy" / "job.yaml").read_text()
    assert {f"mathbench:{__version__}"} == set(re.findall(r"/(mathbench:\S+)", text))
