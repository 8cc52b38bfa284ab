"""Print constraints.txt: the exact versions that `make` installs for tests and documentation.

Run by `make constraints`. The newest versions that all extras agree on, vLLM's too, are looked for; those that only
vLLM needs are left out, since it pins what it must and the rest differs by machine.
"""

import json
import subprocess
import sys


def resolved(*arguments: str) -> dict[str, str]:
    """Return what pip would install into an empty environment: name → version."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report=-"]
    report = json.loads(subprocess.run([*command, *arguments], check=True, stdout=subprocess.PIPE).stdout)
    found = {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in report["install"]}
    return {name: version for name, version in found.items() if name != "pytest-mathbench"}


together = resolved(".[cpu,dev,dev-exporters,docs]")
print("# Written by `make constraints`: what the tests were run with. Not what users get: that is in pyproject.toml.")
for name in sorted(resolved(".[dev,dev-exporters,docs]")):
    print(f"{name}=={together[name]}")
