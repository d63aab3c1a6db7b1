"""What the user sees. Views show what they are told and emit wishes; they never edit the document."""
