"""geometry, level 4."""
