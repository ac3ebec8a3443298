"""Functions to fingerprints."""
