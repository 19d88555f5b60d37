"""The shell around rooms, schedules and the live lesson. Imports nothing: it is both roof and ground."""
