"""counting and probability, level 4."""
