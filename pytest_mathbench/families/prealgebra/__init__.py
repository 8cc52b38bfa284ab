"""Families of prealgebra, a module for each level."""
