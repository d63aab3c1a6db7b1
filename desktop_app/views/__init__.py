"""What the user sees: views show what they are told and emit wishes; they edit nothing."""
