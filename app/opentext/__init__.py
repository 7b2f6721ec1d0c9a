"""The right wing: OTDS, Content Server, Workflow Service. One folder per service, typed results, one way to sign in."""
