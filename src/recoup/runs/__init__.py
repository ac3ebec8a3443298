"""What runs of tasks and runs of flows have in common: their names, hooks, time limits and prints."""
