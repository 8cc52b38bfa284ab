"""Printed answer and reference → Grade."""
