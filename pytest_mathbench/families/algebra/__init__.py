"""Families of algebra, a module for each level."""
