"""`cap-chat sbom`: a bill of materials (CycloneDX 1.6) from the lock files, with every hash and
licence. Asks nobody: licences are read from what is installed. The same locks give the same bill.
"""

import argparse
import json
import re
import sys
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from web.settings import ROOT, Settings

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
ASSISTANT = ROOT / "bot" / "assistant"
PROJECTS = (("service", ROOT), ("assistant", ASSISTANT))


@dataclass(frozen=True, slots=True)
class Part:
    """One pinned package of one project."""

    project: str
    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str


def run(_options: argparse.Namespace, _settings: Settings) -> int:
    sys.stdout.write(json.dumps(bill(), indent=1, ensure_ascii=False) + "\n")
    return 0


def bill() -> dict[str, Any]:
    """CycloneDX, without a time: it changes when a lock does."""
    parts = [part for project, folder in PROJECTS for part in parts_of(project, folder)]
    digest = sha256("".join(f"{part.name}{part.hashes}" for part in parts).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "cap-chat", "bom-ref": "root"}},
        "components": [_component(part) for part in parts],
    }


def parts_of(project: str, folder: Path) -> Iterator[Part]:
    """What the project's lock pins, in its order."""
    text = (folder / "requirements.lock").read_text(encoding="utf-8")
    installed = _installed(folder / ".venv")
    starts = [*PIN.finditer(text)]
    ends = [*(found.start() for found in starts[1:]), len(text)]
    for found, end in zip(starts, ends, strict=True):
        name, version = found.groups()
        known = installed.get(_plain(name))
        yield Part(
            project,
            _plain(name),
            version,
            tuple(HASH.findall(text[found.start() : end])),
            licence_of(known) if known else "",
        )


def _installed(environment: Path) -> Mapping[str, Distribution]:
    folders = [str(path) for path in environment.glob("lib/python*/site-packages")]
    return {_plain(part.metadata["Name"]): part for part in distributions(path=folders)}


def licence_of(part: Distribution) -> str:
    """As the package itself says it: expression, else classifiers, else its text's first line."""
    told = part.metadata
    expression = told.get_all("License-Expression")
    if expression:
        return str(expression[0])
    classifiers = [
        str(line).rsplit(" :: ", 1)[-1]
        for line in told.get_all("Classifier") or ()
        if str(line).startswith("License ::") and not str(line).endswith("OSI Approved")
    ]
    plain = "\n".join(told.get_all("License") or ()).strip().splitlines()
    return " AND ".join(sorted(classifiers)) or (plain[0][:80] if plain else "")


def _component(part: Part) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"{part.project}:{part.name}@{part.version}",
        "name": part.name,
        "version": part.version,
        "purl": f"pkg:pypi/{part.name}@{part.version}",
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in part.hashes],
        "properties": [{"name": "cap-chat:project", "value": part.project}],
    }
    if part.licence:
        made["licenses"] = [{"license": {"name": part.licence}}]
    return made


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
