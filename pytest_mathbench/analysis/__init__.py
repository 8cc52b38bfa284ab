"""ItemResults → RunReport."""
