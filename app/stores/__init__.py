"""The left wing: one port, one folder per store, the same file names. Strangers to OpenText, Flask, the database."""
