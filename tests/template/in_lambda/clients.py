"""Makes every AWS client that the package's sources name, and writes the services' names."""

import json
import re
import sys
from importlib.resources import files

import boto3

sources = [path.read_text() for path in files("footnote.aws").iterdir() if path.name.endswith("py")]
clients = re.compile(r"""boto3\.client\(\s*["'](\w+)""")
names = {name for source in sources for name in clients.findall(source)}
session = boto3.Session("key", "secret", region_name="eu-central-1")
for name in names:
    session.client(name)
sys.stdout.write(json.dumps(sorted(names)))
