"""Print the link that brings a student the chapters: log in, pull, and JupyterLab opens the first one.

python deploy/link.py https://hub.example.edu https://github.com/OWNER/REPOSITORY
python deploy/link.py https://hub.example.edu https://github.com/OWNER/REPOSITORY --chapter 3

The same link is followed again whenever the course has changed.
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))


def link(hub, repository, notebook, branch="main"):
    """The address, as nbgitpuller reads it."""
    folder = repository.rstrip("/").rpartition("/")[2].removesuffix(".git")
    query = {"repo": repository, "branch": branch, "urlpath": f"lab/tree/{folder}/notebooks/{notebook}"}
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"


def main(arguments=None):
    from chapters import chapters

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hub")
    parser.add_argument("repository")
    parser.add_argument("--branch", default="main")
    parser.add_argument("--chapter", type=int, default=0)
    options = parser.parse_args(arguments)
    names = {chapter.number: chapter.path.name for chapter in chapters()}
    if options.chapter not in names:
        raise SystemExit(f"--chapter {options.chapter}: the course has the chapters {', '.join(map(str, names))}")
    print(link(options.hub, options.repository, names[options.chapter], options.branch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
