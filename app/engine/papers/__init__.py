"""The papers we file: PDF/A-3 for people and archives, with the exact data attached as JSON for machines."""
