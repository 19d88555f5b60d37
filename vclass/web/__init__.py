"""The shell of the house: middlewares, the error table, pages, templates, static files."""
