"""Runs jobs: in this process (``local_engine``), or as the process behind the window."""
