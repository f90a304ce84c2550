"""Views: parse the request, build a page object, render its template."""
