"""A finished run → what other tools read. Each exporter is a module that nothing imports unless it is asked for."""
