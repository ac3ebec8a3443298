"""The life of a cached call."""
