"""Families of number theory, a module for each level."""
