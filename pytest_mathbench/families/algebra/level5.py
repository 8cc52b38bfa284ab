"""algebra, level 5."""
