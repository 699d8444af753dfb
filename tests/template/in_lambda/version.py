"""Writes the version that the package tells."""

import json
import sys

from footnote.bootstrap.process import version_of_package

sys.stdout.write(json.dumps(version_of_package()))
