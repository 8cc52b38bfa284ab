"""Prompt → Completion, many at once."""
