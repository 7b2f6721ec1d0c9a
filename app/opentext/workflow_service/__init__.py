"""Workflow Service: process models deployed, instances started once, decisions read from the history."""
