"""Families of counting and probability, a module for each level."""
