"""intermediate algebra, level 3."""
