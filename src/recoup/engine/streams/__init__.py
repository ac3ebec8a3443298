"""Generator tasks: kept item by item, replayed as a stream."""
