"""The left wing: one port, one folder per store with the same file names. Strangers to OpenText, Flask and the database."""
