"""What every stand-in shares: one clock, one ledger, fault switches, outgoing deliveries, one way to be a WSGI app."""
