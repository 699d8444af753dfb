"""`make deploy-local`: the template deployed into an emulated AWS, until Ctrl-C."""

import signal
import sys
import threading
import time

from tests.deployed.deployment import Deployment, DeploymentError, deployed
from tests.running_system import folder_for_a_system


def main() -> int:
    """Deploy, print the addresses, and wait."""
    ending = threading.Event()
    began = time.monotonic()
    with folder_for_a_system("deployed") as folder:
        try:
            with deployed(folder, _say) as stack:
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, lambda *_: ending.set())
                _greet(stack, time.monotonic() - began)
                ending.wait()
                _say("\nStopping; the deployment is gone with it.")
        except DeploymentError as error:
            sys.stderr.write(f"\nmake deploy-local: {error}\n")
            return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _greet(stack: Deployment, seconds: float) -> None:
    exports = stack.folder / "variables.sh"
    exports.touch(mode=0o600)
    exports.write_text("".join(f"export {n}='{v}'\n" for n, v in stack.variables.items()))
    _say(f"\nDeployed after {seconds:.0f} s.\n")
    _say(f"  page and API   {stack.front}   (streams; key {stack.api_key})")
    _say(f"  API Gateway    {stack.rest_api}   (does not stream)")
    _say(f"  AWS            {stack.aws}   bucket {stack.outputs['BucketName']}")
    _say(f"  logs           {stack.folder / 'logs'}")
    _say(f"\nFor `aws` and `footnote` in another shell: source {exports}")
    _say("Ctrl-C stops everything and forgets it.")


if __name__ == "__main__":
    sys.exit(main())
