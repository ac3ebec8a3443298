"""Recoup."""
