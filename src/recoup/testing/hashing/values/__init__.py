"""The cases, a module for each library or kind of value; each is a table `CASES`: type -> cases."""
