"""Content Server's own workflow engine: maps, drafts, processes, tasks for their assignees, the trail."""
