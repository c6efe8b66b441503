"""Start the server of one student, in half the processor time of ``jupyterhub-singleuser``.

The other half goes into a grammar that jsonschema compiles when it is imported, to check addresses with letters beyond
ASCII in schemas. No schema of the server has such an address. jsonschema goes without where the package is not there.
"""

import sys

sys.modules["rfc3987_syntax"] = None  # an import of it fails, which jsonschema takes as: not installed

if __name__ == "__main__":
    from jupyterhub.singleuser import main

    sys.exit(main())
