"""algebra, level 1."""
