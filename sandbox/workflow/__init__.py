"""The Workflow Service stand-in: runs deployed BPMN for real, on the sandbox's clock."""
