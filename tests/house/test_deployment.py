"""The example deployment names only what exists, runs nothing as root, and is watched."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from web.settings import unknown_names

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
RUNS_ONCE = {"migrate"}


def test_every_setting_of_the_deployment_is_one_of_ours():
    names = set(re.findall(r"CAP_CHAT_[A-Z_]+", str(COMPOSE) + DOCKERFILE))
    assert names
    assert unknown_names(dict.fromkeys(names, "")) == ()


def test_everything_that_serves_is_watched_and_started_again():
    for name, service in COMPOSE["services"].items():
        if name in RUNS_ONCE:
            continue
        watched = "healthcheck" in service or service["image"] == "cap-chat"
        assert watched, name
        assert service["restart"] == "unless-stopped", name
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_nodes_are_equal_and_share_one_key():
    nodes = [service for name, service in COMPOSE["services"].items() if name.startswith("node")]
    assert len(nodes) >= 2
    assert all({**node, "volumes": []} == {**nodes[0], "volumes": []} for node in nodes)
    assert len({node["volumes"][0] for node in nodes}) == len(nodes)
    assert len({node["volumes"][1] for node in nodes}) == 1
    assert nodes[0]["volumes"][1].endswith("/var/key:ro")


def test_the_service_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert users[-1] not in {"root", "0"}


def test_the_proxy_knows_every_node():
    proxy = (ROOT / "deploy" / "proxy.conf").read_text(encoding="utf-8")
    for name in COMPOSE["services"]:
        assert not name.startswith("node") or f"server {name}:8080" in proxy


def test_the_program_starts_with_one_thread_for_matrices(tmp_path: Path):
    program = tmp_path / "bin" / "cap-chat"
    python = tmp_path / ".venv" / "bin" / "python"
    for path in (program, python):
        path.parent.mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "cap-chat", program)
    python.write_text('#!/bin/sh\necho "$OPENBLAS_NUM_THREADS"\n')
    python.chmod(0o755)
    told = subprocess.run(
        [program], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )
    assert told.stdout == "1\n"
