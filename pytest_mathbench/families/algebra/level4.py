"""algebra, level 4."""
