"""Controls that all views share: they show values and emit what the user asks for."""
