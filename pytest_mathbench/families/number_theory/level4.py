"""number theory, level 4."""
