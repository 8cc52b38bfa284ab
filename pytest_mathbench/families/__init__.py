"""Problem families: seeded generators of problems with verified answers."""
