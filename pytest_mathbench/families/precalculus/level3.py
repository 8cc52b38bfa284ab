"""precalculus, level 3."""
