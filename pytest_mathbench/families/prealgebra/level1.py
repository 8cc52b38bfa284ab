"""prealgebra, level 1."""
