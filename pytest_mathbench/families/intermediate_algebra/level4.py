"""intermediate algebra, level 4."""
