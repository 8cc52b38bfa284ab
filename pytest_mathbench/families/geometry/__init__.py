"""Families of geometry, a module for each level."""
