"""Grading a folder of notebooks as students hand them in: `python tools/grade.py`.

``found``   whose file is whose        ``cells``    the cells of a notebook that count
``worker``  one student, in a process  ``confined`` what that process may do
``pool``    many at once, with limits  ``results``  the table, the pages, the picture
``rehearsal`` a made-up class, to try it on
"""
