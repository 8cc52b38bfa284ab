"""precalculus, level 5."""
