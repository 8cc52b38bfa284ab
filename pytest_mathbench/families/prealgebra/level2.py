"""prealgebra, level 2."""
