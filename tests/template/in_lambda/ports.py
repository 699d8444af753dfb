"""Builds what the handler builds at its first event, and writes the type's name."""

import json
import sys

from footnote import bootstrap

made = getattr(bootstrap, sys.argv[1])()
sys.stdout.write(json.dumps(type(made).__name__))
