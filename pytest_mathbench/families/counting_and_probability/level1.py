"""counting and probability, level 1."""
