"""Values and code to digests."""
