"""intermediate algebra, level 1."""
