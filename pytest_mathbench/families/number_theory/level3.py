"""number theory, level 3."""
