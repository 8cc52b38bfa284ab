"""Run programs that nobody trusts (docs/sandbox.md)."""

from pytest_mathbench.sandbox.host import Sandbox

__all__ = ["Sandbox"]
