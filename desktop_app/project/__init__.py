"""The document as immutable values. No Qt, no torch, no engine."""
