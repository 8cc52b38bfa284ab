"""geometry, level 1."""
