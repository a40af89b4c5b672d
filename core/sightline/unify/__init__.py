"""Rules and records in, joins out: who is who, what belongs to what. Pure; every decision is a value to be undone.

`statuses` → `duplicates` → `scopes` gives each project its tasks, time and activity; `people` joins accounts to
persons; `money` gives each project its document lines; `links` ties commits to tasks.
"""
