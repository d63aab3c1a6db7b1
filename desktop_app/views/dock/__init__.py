"""The panel at the bottom: jobs, clips as a table, history."""
