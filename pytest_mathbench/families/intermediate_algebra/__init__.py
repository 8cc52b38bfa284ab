"""Families of intermediate algebra, a module for each level."""
