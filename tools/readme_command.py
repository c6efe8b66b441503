"""Print a command of README.md, so that what is tested is what a reader copies.

python3 tools/readme_command.py test-bash

The command is in the fenced block below the line  <!-- command: test-bash -->.
"""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def command(name, text=None):
    """The command below the marker ``name``; LookupError where the marker or its block is missing."""
    text = README.read_text(encoding="utf-8") if text is None else text
    found = re.findall(rf"^<!-- command: {re.escape(name)} -->\n+```\w+\n(.+?)\n```$", text, re.MULTILINE | re.DOTALL)
    if len(found) != 1:
        raise LookupError(f"README.md: expected one command marked {name!r}, found {len(found)}")
    return found[0]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print(command(sys.argv[1]))
    except LookupError as error:
        sys.exit(str(error))
