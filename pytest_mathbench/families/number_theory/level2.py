"""number theory, level 2."""
