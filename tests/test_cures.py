"""What mends a layer that is missing."""

from pathlib import Path

import pytest

from pytest_mathbench.sandbox.cures import INSTALL, NAMESPACES, allow_namespaces, cure


@pytest.mark.parametrize(
    ("layer", "why", "said"),
    [
        ("landlock", "Function not implemented", "Linux 5.13"),
        ("landlock", "Operation not supported", "lsm="),
        ("landlock", "Operation not permitted", "profile that allows landlock_* calls"),
        ("seccomp", "Function not implemented", "CONFIG_SECCOMP_FILTER"),
        ("seccomp", "Operation not permitted", "profile that allows seccomp filters"),
        ("bubblewrap", "not installed", "apt-get install bubblewrap"),
    ],
)
def test_each_layer_has_a_cure(layer: str, why: str, said: str) -> None:
    """By the reason that the kernel gave."""
    assert said in cure(layer, why)


def test_bubblewrap_is_of_no_use_without_user_namespaces() -> None:
    """What they need comes first."""
    assert allow_namespaces() == cure("bubblewrap", "not installed", namespaces=False)
    assert INSTALL == cure("bubblewrap", "not installed", namespaces=True)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        ("kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=15000"),
        ("user/max_user_namespaces", "15000", NAMESPACES),
    ],
)
def test_the_setting_that_forbids_user_namespaces_is_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    """Each distribution has its own; where none forbids them, it is the container."""
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(f"{value}\n")
    assert said == allow_namespaces(tmp_path)
