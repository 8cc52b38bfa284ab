"""geometry, level 3."""
