"""counting and probability, level 2."""
