"""What Footnote brings along may be used by whoever uses it: every package has its licence."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement

# Free for any use, also in a closed product; the lesser GNU licence for libraries among them.
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|HPND|Historical Permission"
    r"|Unlicense|CC0|Zlib|0BSD|LGPL|Lesser General Public)",
    re.IGNORECASE,
)
NOT_OURS = re.compile(r"\b(AGPL|Affero|SSPL|Commons Clause|Business Source|Proprietary)", re.I)


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def brought(name: str, extras: frozenset[str], seen: set[str]) -> Iterator[Distribution]:
    """A package and all that it needs on this platform."""
    try:
        found = distribution(name)
    except PackageNotFoundError:  # for another platform, or left out by the lock file
        return
    for line in found.requires or ():
        needed = Requirement(line)
        wanted = not needed.marker or any(
            needed.marker.evaluate({"extra": extra}) for extra in (extras or {""})
        )
        key = f"{normalised(needed.name)}{sorted(needed.extras)}"
        if wanted and key not in seen:
            seen.add(key)
            yield from brought(needed.name, frozenset(needed.extras), seen)
    if name != "footnote":
        yield found


def is_permissive(told: str) -> bool:
    return bool(PERMISSIVE.search(told)) and not NOT_OURS.search(told)


def licence(package: Distribution) -> str:
    data = package.metadata
    classified = [one for one in data.get_all("Classifier") or () if one.startswith("License ::")]
    told = [data.get("License-Expression") or "", (data.get("License") or "")[:200], *classified]
    return " ".join(told).strip()


def test_every_package_that_footnote_brings_has_a_permissive_licence() -> None:
    extras = frozenset({"parsing", "local-embedding", "evaluation", "local", ""})
    packages = {
        normalised(one.metadata["Name"]): licence(one) for one in brought("footnote", extras, set())
    }
    assert len(packages) > 60
    assert {name: told for name, told in packages.items() if not is_permissive(told)} == {}


@pytest.mark.parametrize(
    "told",
    [
        *("", "GPL-3.0-only", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
        *("AGPL-3.0-or-later", "MIT with Commons Clause", "Other/Proprietary License", "LIMIT 5"),
    ],
)
def test_a_licence_that_binds_its_users_is_refused(told: str) -> None:
    assert not is_permissive(told)
