"""The shipped models are the ones that the manifest describes, and do what it says."""

import json
from importlib.metadata import version

import pytest

from handoff.screening_model import lines as data
from tests.service import readers
from web import evaluation, training

MANIFEST = json.loads(training.MANIFEST.read_text(encoding="utf-8"))


def test_artefacts_are_those_of_the_manifest():
    assert MANIFEST["artefacts"] == training.artefact_digests()


def test_thresholds_were_chosen_on_the_dev_lines_that_are_committed():
    found = MANIFEST["lines"][data.DEV]
    assert found == training.line_digests()[data.DEV], "run python -m web.training"


def test_libraries_are_those_it_was_trained_with():
    assert MANIFEST["libraries"] == {name: version(name) for name in training.LIBRARIES}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_figures_of_the_manifest_are_what_the_screen_does_on_dev():
    found = evaluation.figures(readers(), data.read(data.DEV))
    assert found == pytest.approx(MANIFEST["dev"], abs=0.005)
