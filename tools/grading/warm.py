"""Imported once, by the process that all others are forked from: the chapter that GRADING_CHAPTER names."""

import os

from . import worker

if "GRADING_CHAPTER" in os.environ:
    worker.prepared(os.environ["GRADING_CHAPTER"], os.environ["GRADING_SET_UP"])
