"""The hall: inbox → plan → run → steps → publications. RQ carries, the database remembers."""
