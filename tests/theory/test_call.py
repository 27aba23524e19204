"""Formulas written as calls: what is read, and what is said when it cannot be."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chainsim.theory import evaluate, formulas
from chainsim.theory.registry import formula


def test_a_call_gives_the_value_and_the_formula() -> None:
    value, called = evaluate("erlang_c_wait(arrival_rate=1.5, service_rate=1, servers=2)")
    assert value == pytest.approx(9 / 7)
    assert called.name == "erlang_c_wait"
    assert called.meaning == "Mean time from arrival to start of service in an M/M/c queue"
    assert "Gross & Harris" in called.source


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mm1_wait(arrival_rate=1/2, service_rate=1)", 1.0),
        (" mm1_wait(arrival_rate = 2 * (1 - 3/4), service_rate = +1.0) ", 1.0),
        ("tandem_number_in_system(arrival_rate=1, service_rates=[2, 3/2])", 3.0),
        ("tandem_number_in_system(service_rates=(2, 3/2), arrival_rate=1, servers=[1, 1])", 3.0),
    ],
)
def test_numbers_fractions_and_lists_are_read(text: str, value: float) -> None:
    assert evaluate(text)[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not a formula"),
        ("mm1_wait", "not a formula"),
        ("3 + 4", "not a formula"),
        ("mm1_wait(arrival_rate=1", "not a formula"),
        ("math.sqrt(x=1)", "not a formula"),
        ("mm1_wiat(arrival_rate=1)", "unknown formula 'mm1_wiat' - did you mean 'mm1_wait'?"),
        ("zzz(x=1)", "unknown formula 'zzz'"),
        ("mm1_wait(arival_rate=1, service_rate=1)", "no parameter 'arival_rate' - did you mean 'arrival_rate'?"),
        ("mm1_wait(0.5, 1)", "by name; write arrival_rate=0.5"),
        ("mm1_wait(arrival_rate=0.5)", "also needs service_rate"),
        ("mm1_wait(arrival_rate=0.5, arrival_rate=1)", "arrival_rate is given twice|not a formula"),
        ("mm1_wait(**{'arrival_rate': 1})", r"\*\* is not read"),
        ("mm1_wait(arrival_rate=0.5, service_rate=True)", "service_rate must be a number"),
        ("mm1_wait(arrival_rate=0.5, service_rate='1')", "service_rate must be a number"),
        ("mm1_wait(arrival_rate=0.5, service_rate=2**8)", "service_rate must be a number"),
        ("mm1_wait(arrival_rate=0.5, service_rate=[1])", "must be a number, got"),
        ("mm1_wait(arrival_rate=0.5, service_rate=1/0)", "divides by zero"),
        ("mm1_wait(arrival_rate=1e999, service_rate=1)", "too large"),
        ("mm1_wait(arrival_rate=1e200*1e200, service_rate=1)", "too large"),
        ("mm1_wait(arrival_rate=[1] * 2, service_rate=1)", "cannot calculate with"),
        ("mm1_wait(arrival_rate=__import__('os'), service_rate=1)", "unknown law '__import__'"),
        ("mm1_wait(arrival_rate=poisson(4), service_rate=1)", "must be a number, got poisson"),
        ("mm1_wait(arrival_rate=" + "-" * 5000 + "1, service_rate=1)", "not a formula|nested too deeply"),
        ("mm1_wait(arrival_rate=" + "1+" * 5000 + "1, service_rate=1)", "not a formula|nested too deeply"),
        ("erlang_c_wait(arrival_rate=1, service_rate=1, servers=1.5)", "servers must be a whole number, got 1.5"),
        ("tandem_number_in_system(arrival_rate=1, service_rates=2)", "must be a list of numbers, got 2"),
        ("mm1_wait(arrival_rate=-1, service_rate=1)", "mm1_wait: arrival_rate must be > 0, got -1"),
        ("mm1_wait(arrival_rate=2, service_rate=1)", "mm1_wait: no steady state"),
    ],
)
def test_what_is_wrong_is_said(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        evaluate(text)


def test_every_formula_says_what_it_is() -> None:
    for name, entry in formulas.items():
        assert entry.name == name
        assert len(entry.meaning) > 10, name
        assert len(entry.source) > 10, name
        assert entry.parameters, name


def test_a_name_is_given_once() -> None:
    def mm1_wait(arrival_rate: float) -> float:
        return arrival_rate

    with pytest.raises(ValueError, match="registered twice"):
        formula(source="nowhere")(mm1_wait)


def test_importing_the_formulas_stays_light() -> None:
    code = "import sys, chainsim.theory; print([m for m in ('numpy', 'scipy', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
