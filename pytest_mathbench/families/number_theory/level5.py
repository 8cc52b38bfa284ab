"""number theory, level 5."""
