"""The operations: each reads its parameters, takes a page object and returns its shape."""
