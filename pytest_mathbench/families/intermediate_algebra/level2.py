"""intermediate algebra, level 2."""
