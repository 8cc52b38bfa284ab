"""What mends a layer that is missing: one command or change, by the reason for which it is."""

from pathlib import Path

_SYSCTLS = (
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),  # Ubuntu from 23.10 on
    ("kernel.unprivileged_userns_clone", "0", "1"),  # Debian before 11
    ("user.max_user_namespaces", "0", "15000"),  # Red Hat's, and hardened systems
)
"""Settings that forbid user namespaces: the name, the value that does so, and one that does not."""

_KERNEL = {
    (
        "landlock",
        "Function not implemented",
    ): "use Linux 5.13 or newer; in Docker, version 23 or newer",
    (
        "landlock",
        "Operation not supported",
    ): "boot with landlock in lsm=… (/sys/kernel/security/lsm shows the list)",
    ("seccomp", "Function not implemented"): "use a kernel that has seccomp filters (CONFIG_SECCOMP_FILTER)",
}
_PROFILE = "run the container with a seccomp profile that allows {} (Docker's own, from version 23 on)"
NAMESPACES = "run the container with a profile that allows user namespaces, as Podman's own does"
INSTALL = "apt-get install bubblewrap (dnf, apk and pacman call the package so, too)"


def cure(layer: str, why: str, *, namespaces: bool = True) -> str:
    """Return what brings a layer that is missing for this reason, where user `namespaces` may be made or not."""
    if layer == "bubblewrap":
        return INSTALL if namespaces else allow_namespaces()
    calls = {"landlock": "landlock_* calls", "seccomp": "seccomp filters"}[layer]
    return _KERNEL.get((layer, why), _PROFILE.format(calls))


def allow_namespaces(settings: Path = Path("/proc/sys")) -> str:
    """Return what lets everybody make user namespaces on this machine."""
    for name, forbidding, allowing in _SYSCTLS:
        try:
            value = (settings / name.replace(".", "/")).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if value == forbidding:
            return f"sudo sysctl {name}={allowing}"
    return NAMESPACES
