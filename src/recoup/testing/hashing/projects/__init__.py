"""Small projects and their edits, a module for each."""
