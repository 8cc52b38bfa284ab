"""precalculus, level 4."""
