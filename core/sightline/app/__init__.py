"""The use cases: one function for each thing a user can ask for. CLI, web and workers call these and nothing below."""
