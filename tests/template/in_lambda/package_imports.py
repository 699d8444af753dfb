"""Imports every module of the package and writes their names."""

import importlib
import json
import pkgutil
import sys

import footnote
from footnote.parsing import slim_unstructured

slim_unstructured.install()
found = [module.name for module in pkgutil.walk_packages(footnote.__path__, "footnote.")]
for name in found:
    importlib.import_module(name)
sys.stdout.write(json.dumps(found))
