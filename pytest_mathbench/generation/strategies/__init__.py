"""How a completion comes to be: in one request, one token at a time, or mended where it goes wrong."""
