"""One module per page: builds one frozen dataclass from selectors, in a bounded number of queries."""
