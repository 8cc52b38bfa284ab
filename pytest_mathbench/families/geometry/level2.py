"""geometry, level 2."""
