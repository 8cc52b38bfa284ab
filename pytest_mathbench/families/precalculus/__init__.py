"""Families of precalculus, a module for each level."""
