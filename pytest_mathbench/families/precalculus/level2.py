"""precalculus, level 2."""
