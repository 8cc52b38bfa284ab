"""prealgebra, level 3."""
