"""Paths, selectors, relative changes, `--set`, and what is in force when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.errors import ScenarioError
from chainsim.model.distributions import Constant, Lognormal
from chainsim.model.replenishment import Cover
from chainsim.scenario.language.values import OfPlan
from chainsim.scenario.load import Loaded
from chainsim.scenario.resolve.arithmetic import changed
from chainsim.scenario.resolve.overrides import from_command
from chainsim.scenario.resolve.paths import PathError, Select, parse, show
from chainsim.scenario.versions import combination
from chainsim.units import UnitError, parse_change

Load = Callable[..., Loaded]
Refused = Callable[..., list[str]]
DAY = 86_400


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("plants.byd.capacity", ("plants", "byd", "capacity")),
        (' firms . "a.b [x]" . capacity', ("firms", "a.b [x]", "capacity")),
        ("firms.chassis city 03.capacity", ("firms", "chassis city 03", "capacity")),
        ("suppliers.*.share", ("suppliers", Select(()), "share")),
        ("suppliers[tier=1, makes=seat].share", ("suppliers", Select((("tier", "1"), ("makes", "seat"))), "share")),
        ("供应商.座椅", ("供应商", "座椅")),
    ],
)
def test_paths_are_read_step_by_step(text: str, steps: tuple[object, ...]) -> None:
    assert parse(text) == steps


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[b]", "a[=1]", '"a', "a[b=1]c"])
def test_what_is_no_path_says_so(text: str) -> None:
    with pytest.raises(PathError):
        parse(text)


@given(st.lists(st.text(st.characters(exclude_characters='"'), min_size=1), min_size=1, max_size=4))
def test_a_path_that_is_shown_can_be_read_again(names: list[str]) -> None:
    assert parse(show(tuple(names))) == tuple(names)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("3 days", "+4 days", "7 days"),
        ("3 days", "-12 h", "2.5 days"),
        ("3 days", "+20%", "3.6 days"),
        ("125% of plan", "+20%", "150% of plan"),
        ("125% of plan", "+10 points", "135% of plan"),
        ("900/day", "-10%", "810/day"),
        ("900/day", "+100/day", "1000/day"),
        ("30%", "+10 points", "40%"),
        ("0.3", "+10 points", "40%"),
        ("1/3", "+50%", "50%"),
        ("145_000 CNY", "+1%", "146_450 CNY"),
        ("145_000 CNY", "-5_000 CNY", "140_000 CNY"),
        ("s_S(20, 100)", "+10", "s_S(30, 110)"),
        ("s_S(20, 100)", "+50%", "s_S(30, 150)"),
        ("2 ± 0.5 days", "+50%", "lognormal(3 days, 18 h)"),
        ("2 ± 0.5 days", "+1 day", "lognormal(3 days, 0.5 days)"),
        ("uniform(1 day, 3 days)", "+1 day", "uniform(2 days, 4 days)"),
        ("6", "+2", "8"),
        ("cover(3 days)", "+4 days", "cover(7 days)"),
        ("constant(3 days)", "+50%", "constant(4.5 days)"),
        ("0", "+30 days", "30 days"),
        ("5 days", "60 days", "60 days"),
    ],
)
def test_relative_changes_are_done_in_the_unit_of_the_value(before: str, change: str, after: str) -> None:
    assert changed(before, parse_change(change)) == after


def test_counts_stay_whole() -> None:
    assert changed("6", parse_change("+20%"), whole=True) == "7"


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ("3 days", "+10"),
        ("3 days", "+10 points"),
        ("30%", "+4 days"),
        ("to order", "+4 days"),
        ("s_S(20, 100)", "+4 days"),
        ("unlimited", "+20%"),
        ("city", "+20%"),
    ],
)
def test_a_change_of_another_kind_is_refused(before: str, change: str) -> None:
    with pytest.raises(UnitError):
        changed(before, parse_change(change))


@given(st.integers(1, 10_000), st.integers(-99, 300))
def test_percentages_multiply(days: int, percent: int) -> None:
    after = changed(f"{days} days", parse_change(f"{percent:+d}%"))
    from chainsim.units import parse_duration

    assert parse_duration(after) == Fraction(days * DAY) * (100 + percent) / 100


def test_set_wins_over_the_file_and_over_policies(loaded: Load, small: str) -> None:
    result = loaded(small, "plants.byd.component_stock=9 days", "study.replications=7")
    assert result.scenario.study.replications == 7
    assert {s.plants["byd"].component_stock for _, s in result.timeline(["stock"])} == {Cover(9.0 * DAY)}
    assert [w.message for w in result.warnings] == [
        "policy stock: --set gives 'plants.byd.component_stock', which this change leaves alone"
    ]
    rows = {row.path: row for row in result.resolved(["stock"])}
    assert rows["plants.byd.component_stock"][1:4] == ("9 days", "--set", "--set")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("plants.byd.capcity=1/day", "there is no 'capcity' in plants.byd - did you mean 'capacity'?"),
        ("plants.bid.capacity=1/day", "there is no 'bid' in plants - did you mean 'byd'?"),
        ("plant.byd.capacity=1/day", "there is no 'plant' - did you mean 'plants'?"),
        ("plants.byd.capacity=1", "plants.byd.capacity needs a time, got '1'"),
        ("plants.byd=1", "plants.byd is a section, not a value"),
        ("study.policies=local", "study.policies is a list"),
        ("suppliers.seats.share.city=1%", "suppliers.seats.share is one value, it has no 'city'"),
        ("suppliers.motor.share=+1 points", "suppliers.motor.share is given one by one, and cannot change as a whole"),
        ("suppliers[tier=1].lines=+20%", "path 'suppliers[tier=1].lines': none of the 2 values it means is stated"),
        ("suppliers[ring=abroad].lines=2", "path 'suppliers[ring=abroad].lines': nothing matches '[ring=abroad]'"),
        ("firms.motor city 09.capacity=1/day", "there is no firm 'motor city 09' - did you mean 'motor city 0"),
        ("firms.motor city 01.count=2", "there is no 'count' in a firm"),
        ("chainsim=2", "'chainsim' is the file's own and cannot be changed"),
        ("plants.byd.capacity", "is not of the form PATH=VALUE"),
        ("plants.byd.capacity.x=1", "there is no 'capacity' in plants.byd"),
        ("study.policies=[", "YAML"),
    ],
)
def test_settings_that_mean_nothing_are_refused(refused: Refused, small: str, setting: str, message: str) -> None:
    said = refused(small, setting)
    assert len(said) == 1
    assert said[0].startswith("--set ")
    if message != "YAML":
        assert message in said[0]


def test_a_setting_may_hold_brackets_and_equals_signs() -> None:
    setting = from_command('suppliers[tier=1].title="a = b"')
    assert setting.path == "suppliers[tier=1].title"
    assert setting.node.text == "a = b"  # type: ignore[union-attr]


def test_a_selector_passes_over_what_lacks_the_key(loaded: Load) -> None:
    result = loaded()
    after = result.timeline(["local"])[1][1]
    assert after.suppliers["motor"].share == {"city": Fraction(2, 5), "province": Fraction(2, 5)}
    assert after.suppliers["seats"] is result.scenario.suppliers["seats"]
    assert after.suppliers["steel"] == result.scenario.suppliers["steel"]


def test_a_selector_sees_defaults(loaded: Load, small: str) -> None:
    result = loaded(small, "suppliers[tier=1].review=2 days")
    reviews = {name: s.review / DAY for name, s in result.scenario.suppliers.items()}
    assert reviews == {"motor": 2, "seats": 2, "steel": 0}


def test_relative_changes_start_from_defaults(loaded: Load, small: str) -> None:
    result = loaded(small, "suppliers.*.pays_after=+10 days")
    days = {name: s.pays_after / DAY for name, s in result.scenario.suppliers.items()}
    assert days == {"motor": 10, "seats": 40, "steel": 10}


def test_a_firm_starts_from_its_group(loaded: Load, small: str) -> None:
    result = loaded(small, "firms.seats 02.capacity=-50%", "firms.motor city 01.lead_time=+1 day")
    assert result.scenario.firms["seats 02"].capacity == OfPlan(Fraction(5, 8))
    assert result.scenario.firms["motor city 01"].lead_time == Lognormal(3.0 * DAY, DAY / 2)


def test_dated_changes_are_in_force_from_their_date_until_theirs(loaded: Load) -> None:
    result = loaded()
    base = result.scenario
    assert [day for day, _ in result.timeline()] == [date(2024, 1, 1), date(2024, 5, 1), date(2024, 6, 1)]
    assert result.timeline()[0][1] is base
    assert result.timeline()[1][1].firms["motor city 01"].capacity == 0
    assert result.timeline()[2][1] is base
    both = result.timeline(["local+stock"])
    assert [day for day, _ in both] == [
        date(2024, 1, 1),
        date(2024, 2, 1),
        date(2024, 3, 1),
        date(2024, 4, 1),
        date(2024, 5, 1),
        date(2024, 6, 1),
    ]
    assert [s.plants["byd"].component_stock.days / DAY for _, s in both] == [3, 7, 7, 3, 3, 3]  # type: ignore[attr-defined]
    assert [s.suppliers["motor"].share["city"] for _, s in both] == [Fraction(3, 10)] * 2 + [Fraction(2, 5)] * 4  # type: ignore[index, call-overload]


def test_combinations_name_policies_in_order() -> None:
    assert combination("a+b") == ("a", "b")
    assert combination(" b + a ") == ("b", "a")
    assert combination("none") == ()


def test_the_baseline_is_named_none(loaded: Load) -> None:
    result = loaded()
    assert result.timeline(["none"]) == result.timeline()


def test_an_unknown_policy_is_refused(loaded: Load) -> None:
    with pytest.raises(ScenarioError, match="there is no policy 'locl' - did you mean 'local'"):
        loaded().timeline(["locl"])


def test_two_policies_that_set_the_same_value_at_the_same_time_are_refused(loaded: Load, small: str) -> None:
    less = "  less: {change: {suppliers.motor.share.city: 0%}}\n"
    result = loaded(small.replace("disruptions:", less + "disruptions:"))
    with pytest.raises(ScenarioError) as caught:
        result.timeline(["local", "less"])
    (found,) = caught.value.problems
    assert (
        "policy local (line 18) and policy less both set suppliers.motor.share.city at the same time" in found.message
    )
    result.timeline(["less"])


def test_policies_at_different_times_may_set_the_same_value(loaded: Load, small: str) -> None:
    early = "  early: {until: 2024-03-01, change: {suppliers.motor.share.city: 0%}}\n"
    result = loaded(small.replace("disruptions:", early + "disruptions:"))
    shares = [s.suppliers["motor"].share["city"] for _, s in result.timeline(["early+local"])]  # type: ignore[index, call-overload]
    assert shares == [0, Fraction(2, 5), Fraction(2, 5), Fraction(2, 5)]


def test_the_order_of_policies_does_not_matter_for_different_values(loaded: Load) -> None:
    result = loaded()
    assert result.timeline(["local+stock"]) == result.timeline(["stock+local"]) == result.timeline(["stock", "local"])


def test_a_disruption_acts_on_what_a_policy_made(loaded: Load, small: str) -> None:
    text = small.replace(
        "fire: {from: 2024-05-01, until: 2024-06-01, change: {firms.motor city 01.capacity: 0/day}}",
        "fire: {change: {suppliers.seats.capacity: -50%}}",
    ).replace("plants.byd.component_stock: +4 days", "suppliers.seats.capacity: +100%")
    result = loaded(text)
    capacities = [s.suppliers["seats"].capacity for _, s in result.timeline(["stock"])]
    assert capacities == [OfPlan(Fraction(5, 8)), OfPlan(Fraction(5, 4)), OfPlan(Fraction(5, 8))]


def test_a_policy_may_set_a_law_by_ring(loaded: Load, small: str) -> None:
    text = small.replace(
        "plants.byd.component_stock: +4 days", "suppliers.motor.lead_time: {city: 1 day, province: 2 days}"
    )
    after = loaded(text).timeline(["stock"])[1][1]
    assert after.suppliers["motor"].lead_time == {"city": Constant(DAY), "province": Constant(2 * DAY)}


def test_what_does_not_change_is_shared(loaded: Load) -> None:
    result = loaded()
    after = result.timeline(["local"])[1][1]
    assert after.parts["car"] is result.scenario.parts["car"]
    assert after.plants["byd"] is result.scenario.plants["byd"]
