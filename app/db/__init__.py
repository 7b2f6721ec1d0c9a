"""Tables and their queries, one file per aggregate. The database is the truth; Redis and RQ only carry."""
