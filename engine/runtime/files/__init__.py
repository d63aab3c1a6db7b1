"""Formats that a job reads and writes."""
