"""The JSON API: typed answers drawn from the objects that the pages are drawn from."""
