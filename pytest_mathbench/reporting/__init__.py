"""RunReport → what people and files see."""
