"""One background thread that owns the engine's process and the queue of jobs."""
