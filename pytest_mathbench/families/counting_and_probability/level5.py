"""counting and probability, level 5."""
