"""The bill of materials: every pinned package is in it, with hashes and a licence we may use."""

import json
import re

import pytest

from tests.house.product import ROOT
from web.cli.__main__ import main
from web.cli.sbom import PROJECTS, bill

REFUSED = re.compile(
    r"(?<!L)GPL|Affero|SSPL|Commons Clause|Proprietary|Non-?Commercial", re.IGNORECASE
)
ALLOWED_ALL_THE_SAME = re.compile(r"Lesser General Public License|LGPL")


@pytest.fixture(scope="module")
def whole():
    return bill()


def test_every_pin_of_both_projects_is_in_it(whole):
    pinned = {
        f"{project}:{name.lower().replace('_', '-').replace('.', '-')}@{version}"
        for project, folder in PROJECTS
        for name, version in re.findall(
            r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s;\\]+)",
            (folder / "requirements.lock").read_text(),
            re.MULTILINE,
        )
    }
    assert {part["bom-ref"] for part in whole["components"]} == pinned
    assert len(pinned) > 200


def test_every_part_has_its_hashes_and_a_licence(whole):
    for part in whole["components"]:
        assert part["hashes"], part["bom-ref"]
        assert all(len(digest["content"]) == 64 for digest in part["hashes"])
        assert part["licenses"][0]["license"]["name"], part["bom-ref"]


def test_no_licence_forbids_what_we_do(whole):
    refused = [
        (part["bom-ref"], licence["license"]["name"])
        for part in whole["components"]
        for licence in part["licenses"]
        if REFUSED.search(licence["license"]["name"])
        and not ALLOWED_ALL_THE_SAME.search(licence["license"]["name"])
    ]
    assert refused == []


def test_the_same_locks_give_the_same_bill(whole, capsys):
    assert main(["sbom"]) == 0
    assert json.loads(capsys.readouterr().out) == whole
    assert whole["serialNumber"].startswith("urn:uuid:")


def test_continuous_integration_makes_the_bill_and_asks_about_weaknesses():
    steps = (ROOT / ".ci" / "run").read_text()
    assert "bin/cap-chat sbom" in steps
    assert "bin/audit" in steps
