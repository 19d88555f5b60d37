"""Tables and named queries of rooms; the first argument of each is the connection, none commits."""
