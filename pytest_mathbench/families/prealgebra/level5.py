"""prealgebra, level 5."""
