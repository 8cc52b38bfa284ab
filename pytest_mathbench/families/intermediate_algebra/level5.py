"""intermediate algebra, level 5."""
