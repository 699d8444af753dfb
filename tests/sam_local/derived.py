"""The built template as `sam local` can run it: variables of this machine, no parameters of AWS."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".aws-sam" / "build"
_NAME = "sam-local.json"


def write_template(variables: Mapping[str, str]) -> Path:
    """Beside what was built, as the template names its folders from there."""
    template: Any = yaml.safe_load((BUILT / "template.yaml").read_text())
    shared = template["Globals"]["Function"]["Environment"]
    shared["Variables"] = dict(variables)
    for resource in template["Resources"].values():
        own = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
        for name in own.keys() & variables.keys():
            del own[name]
    path = BUILT / _NAME
    path.write_text(json.dumps(template, indent=1))
    path.chmod(0o600)
    return path
