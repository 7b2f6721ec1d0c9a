"""Content Server: business workspaces, documents, categories, records."""
