"""number theory, level 1."""
