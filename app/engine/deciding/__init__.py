"""Deciding without leaving the store: an open task of a workflow taken, done, asked back, lent or given back.

The workflow's engine is the authority: whether this person may, and whether the task is still open, is asked there at
every click. A store whose people sign in to OpenText acts as that person. Where OpenText is asked with the app's own
account, only who was granted it in the map of rights decides, and the engine is told for whom it was done.

Nothing is queued: whoever decides has to know that the decision holds, and what it was about may have changed by the
time a queue is worked off. So OpenText that does not answer is a refusal, said at once, and nothing was done then.
"""
