"""algebra, level 3."""
