"""What of an earlier take stays, and where it goes."""
