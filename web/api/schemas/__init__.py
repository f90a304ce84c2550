"""The shapes of the API's answers, each built from a page object by one function."""
