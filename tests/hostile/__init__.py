"""Hostile programs, by kind, and the arena in which they are run."""
