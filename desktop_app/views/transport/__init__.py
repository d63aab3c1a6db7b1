"""The bar with the transport, the time, the engine and the meter."""
