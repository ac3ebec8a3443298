"""Storages that add behaviour to storages."""
