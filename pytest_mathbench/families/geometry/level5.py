"""geometry, level 5."""
