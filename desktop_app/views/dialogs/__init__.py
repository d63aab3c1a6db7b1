"""Windows that ask and tell."""
