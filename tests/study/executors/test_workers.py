"""What `--jobs` and `--cluster` may say."""

from __future__ import annotations

import pytest

from chainsim.cli.main import _run
from chainsim.errors import ScenarioError
from chainsim.study.executors import Workers, available_jobs


@pytest.mark.parametrize(
    "cluster",
    ["local", "local:1", "local:64", "tcp://10.0.0.5:8786", "tls://head.uni.example:1", "tcp://[fe80::1]:8786"],
)
def test_clusters(cluster: str) -> None:
    assert Workers(None, cluster).cluster == cluster


@pytest.mark.parametrize(
    "cluster",
    [
        "",
        "local:0",
        "local:two",
        "LOCAL",
        "8786",
        "10.0.0.5:8786",
        "tcp://10.0.0.5",
        "http://a:1",
        "tcp://a:1/x",
        " local",
    ],
)
def test_what_is_no_cluster(cluster: str) -> None:
    with pytest.raises(ScenarioError, match="is no cluster"):
        Workers(None, cluster)


def test_processes() -> None:
    with Workers(3).open() as here, Workers().open() as auto:
        assert (here.size, auto.size) == (3, available_jobs())


def test_jobs_and_cluster_exclude_each_other(small: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["run", str(small), "-j", "2", "--cluster", "local"], debug=False) == 2
    assert "--jobs and --cluster exclude each other" in capsys.readouterr().err
