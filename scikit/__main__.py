"""The command line: ``scikit`` or ``python -m scikit``."""

import sys

from scikit._cli import main

if __name__ == "__main__":
    sys.exit(main())
