"""Plans, and what a process gives up."""

import os
import subprocess
import sys

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.sandbox.confine import Plan

PATHS = st.lists(st.text(max_size=20), max_size=4).map(tuple)
PLANS = st.builds(
    Plan,
    landlock=st.booleans(),
    seccomp=st.booleans(),
    announce=st.booleans(),
    readable=PATHS,
    hidden=PATHS,
    scratch=st.text(max_size=20),
    scratch_bytes=st.integers(0),
)


@PROPERTY
@given(plan=PLANS)
def test_a_plan_survives_the_command_line(plan: Plan) -> None:
    """The zygote reads what the host wrote."""
    assert plan == Plan.from_json(plan.to_json())


@pytest.mark.skipif(os.getuid() != 0, reason="only a superuser has capabilities to give up")
def test_a_superuser_gives_up_what_makes_it_one() -> None:
    """Confined as root, a process has no capability left, and can get none back."""
    program = (
        "from pytest_mathbench.sandbox.confine import drop_capabilities\ndrop_capabilities()\n"
        "print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert {"0" * 16} == set(shown.split())
