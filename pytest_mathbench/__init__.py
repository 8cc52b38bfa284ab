"""Benchmark language models on competition mathematics with pytest."""

__version__ = "0.1.0"
