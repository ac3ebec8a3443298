"""How values of other libraries are hashed: strangers to each other, found by module name."""
