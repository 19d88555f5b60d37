"""The HTML pages: contexts say what a template needs, handlers fetch it."""
