"""precalculus, level 1."""
