"""Recoup inside other engines."""
