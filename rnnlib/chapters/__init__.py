"""A folder a chapter: its ``explorers``, its ``exercises``, and the ``experiments`` they share with the notebook."""
