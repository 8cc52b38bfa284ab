"""counting and probability, level 3."""
