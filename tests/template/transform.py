"""Prints `template.yaml` as SAM makes it for CloudFormation; runs in SAM's own Python, offline.

Whatever follows as `Name=value` is a parameter. Source: samcli/lib/translate.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")  # which partition it is for

from samcli.yamlhelper import yaml_parse  # type: ignore[import-not-found]
from samtranslator.parser.parser import Parser  # type: ignore[import-not-found]
from samtranslator.translator.translator import Translator  # type: ignore[import-not-found]

# Where the code is, once it is packaged; the form is all that the transform looks at.
UPLOADED = "s3://bucket/key"
LOCAL_CODE = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


def main() -> None:
    """Read the template, transform it, print it as JSON."""
    template = yaml_parse(Path(sys.argv[1]).read_text())
    given = dict(argument.split("=", 1) for argument in sys.argv[2:])
    for resource in template["Resources"].values():
        if resource["Type"] in LOCAL_CODE:
            resource["Properties"][LOCAL_CODE[resource["Type"]]] = UPLOADED
    translator = Translator(managed_policy_map={}, sam_parser=Parser())
    print(json.dumps(translator.translate(template, given), indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
