"""A model server of our own, and the models that it serves."""
