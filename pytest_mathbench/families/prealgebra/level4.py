"""prealgebra, level 4."""
