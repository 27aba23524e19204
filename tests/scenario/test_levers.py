"""Levers in a scenario: ordinary changes over time, named in every message, refused where they mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from chainsim.errors import ScenarioError
from chainsim.scenario.build import build
from chainsim.scenario.json_schema import json_schema
from chainsim.scenario.language.fields import OfPlan
from chainsim.scenario.language.levers.base import levers, monthly, months_from, split
from chainsim.scenario.language.levers.sections import SECTIONS, TYPES
from chainsim.scenario.load import Loaded, load

CASE = """\
study: {start: 2024-01-01, end: 2025-01-01, policies: [local+fund]}
parts:
  car: {price: 100_000 CNY, needs: {motor: 1, seat: 1}}
  motor: {price: 20_000 CNY}
  seat: {price: 2_000 CNY}
plants:
  works: {makes: car, ring: city, component_stock: 3 days, pays_after: 90 days}
suppliers:
  motor: {count: {city: 2, province: 3}, share: {city: 30%, province: 40%}, capacity: 120% of plan}
  seat: {count: 2, share: 90%, capacity: 125/day, lead_time: 2 days}
outside:
  elsewhere: {lead_time: 3 days}
markets:
  buyers: {buys: car, rate: 100/day}
policies:
  local: {from: 2024-03-01, lever: {localise: {suppliers: suppliers.motor, points: 10, qualification: 31 days}}}
  fund: {from: 2024-02-01, lever: {capacity_fund: {suppliers: "suppliers[tier=1]", capacity: 50%, build: 90 days}}}
"""
Loads = Callable[..., Loaded]
Refused = Callable[..., list[str]]


def with_policy(lines: str) -> str:
    return CASE + f"  other: {lines}\n"


# ------------------------------------------------------------------------------------ what they change


def test_a_lever_acts_after_its_wait_and_nothing_else_changes(loaded: Loads) -> None:
    timeline = loaded(CASE).timeline(["fund"])
    assert [day for day, _ in timeline] == [date(2024, 1, 1), date(2024, 2, 1), date(2024, 5, 1)]
    first, _, last = (scenario for _, scenario in timeline)
    assert last.suppliers["motor"].capacity == OfPlan(Fraction(180, 100))
    assert last.suppliers["seat"].capacity == Fraction(1875, 10 * 86_400)
    assert last.model_copy(update={"suppliers": first.suppliers}) == first


def test_a_lever_is_the_change_that_one_would_write_by_hand(loaded: Loads) -> None:
    by_lever = loaded(with_policy("{lever: {payment_terms: {buyers: plants.works, pays_after: 60 days}}}"))
    by_hand = loaded(with_policy("{change: {plants.works.pays_after: 60 days}}"))
    ((_, one),) = by_lever.timeline(["other"])
    ((_, other),) = by_hand.timeline(["other"])
    assert one.plants == other.plants
    assert one.plants["works"].pays_after == 60 * 86_400


def test_several_levers_and_changes_stand_in_one_policy(loaded: Loads) -> None:
    lines = "{from: 2024-03-01, change: {plants.works.review: 1 day}, lever: {payment_terms: {buyers: plants.works, "
    lines += "pays_after: 60 days}, buffers: {firms: plants.works, days: 2 days}}}"
    (_, (_, after)) = loaded(with_policy(lines)).timeline(["other"])
    works = after.plants["works"]
    assert (works.review, works.pays_after) == (86_400, 60 * 86_400)
    assert works.component_stock.days == 5 * 86_400


def test_a_localised_share_is_limited_by_capacity_until_there_is_more(loaded: Loads) -> None:
    """120 % of a plan of 30 % is 36 %; with half as much again, from May on, 54 %, so all ten points."""
    found = loaded(CASE)
    shares = {day: scenario.suppliers["motor"].share["city"] for day, scenario in found.timeline(["local+fund"])}
    assert shares[date(2024, 3, 1)] == Fraction(30, 100)
    assert shares[date(2024, 4, 1)] == Fraction(36, 100)
    assert shares[date(2024, 5, 1)] == Fraction(40, 100)
    assert [problem.message for problem in found.warnings] == [
        "policy local: localise: capacity of firms in the ring city limits what they win on plan: "
        "6 points of suppliers.motor, not 10"
    ]


def test_points_may_come_from_another_ring(loaded: Loads) -> None:
    lever = "{localise: {suppliers: suppliers.motor, points: 5, instead_of: province}}"
    ((_, after),) = loaded(with_policy(f"{{lever: {lever}}}")).timeline(["other"])
    assert after.suppliers["motor"].share == {"city": Fraction(35, 100), "province": Fraction(35, 100)}


def test_what_is_built_stays_when_the_policy_ends(loaded: Loads) -> None:
    lever = "{capacity_fund: {suppliers: suppliers.seat, capacity: 20%}, buffers: {firms: plants.works, days: 1 day}}"
    timeline = loaded(with_policy(f"{{from: 2024-03-01, until: 2024-06-01, lever: {lever}}}")).timeline(["other"])
    last = timeline[-1][1]
    assert last.suppliers["seat"].capacity == Fraction(150, 86_400)
    assert last.plants["works"].component_stock.days == 3 * 86_400


def test_a_cluster_scales_pairs_of_districts(loaded: Loads) -> None:
    roads = CASE.replace("ring: city, comp", "ring: city, district: A, comp").replace(
        "count: 2,", "count: 2, district: B,"
    )
    roads += "  other: {lever: {cluster: {lanes: 'transport[from=B]', shorter: 25%}}}\n"
    roads += "transport:\n  - {from: B, to: A, lead_time: 4 ± 2 days}\n"
    ((_, after),) = loaded(roads).timeline(["other"])
    assert after.transport[0].lead_time.moments == pytest.approx((3 * 86_400, 1.5 * 86_400))


def test_innovation_takes_less_time_and_leaves_more_of_the_price_as_value_added(loaded: Loads) -> None:
    text = with_policy("{lever: {innovation: {suppliers: suppliers.motor, less_material: 10, faster: 20%}}}")
    part = "{price: 20_000 CNY, materials: 60%, cost_shares: {steel: 100}}\n  steel: {price: 500 CNY}"
    text = text.replace("{price: 20_000 CNY}", part).replace("120% of plan}", "120% of plan, process_time: 1 h}")
    ((_, after),) = loaded(text).timeline(["other"])
    assert after.parts["motor"].materials == Fraction(1, 2)
    assert after.suppliers["motor"].process_time.moments == (2_880, 0)


# ------------------------------------------------------------------------------------ together


def test_two_policies_that_set_the_same_are_refused_by_both_names(refused: Refused) -> None:
    text = with_policy("{lever: {payment_terms: {buyers: plants.works, pays_after: 60 days}}}")
    text += "  third: {change: {plants.works.pays_after: 30 days}}\n"
    message = refused(text.replace("local+fund", "other+third"))[-1]
    assert "policy other" in message
    assert "policy third both set plants.works.pays_after at the same time" in message


def test_two_levers_of_one_policy_may_not_set_the_same(refused: Refused) -> None:
    text = with_policy(
        "{lever: {capacity_fund: {suppliers: suppliers.seat, capacity: 5%}, "
        "upgrade_loan: {suppliers: suppliers.seat, capacity: 5%, loan: 1 CNY}}}"
    )
    assert any("policy other sets suppliers.seat.capacity twice" in message for message in refused(text))


def test_levers_that_would_clash_only_later_are_refused_too(refused: Refused) -> None:
    text = with_policy(
        "{lever: {capacity_fund: {suppliers: suppliers.seat, capacity: 5%}, "
        "upgrade_loan: {suppliers: suppliers.seat, capacity: 5%, loan: 1 CNY, build: 30 days}}}"
    )
    assert any("policy other sets suppliers.seat.capacity twice" in message for message in refused(text))


def test_a_value_of_the_command_line_is_left_alone(loaded: Loads) -> None:
    found = loaded(CASE, "suppliers.seat.capacity=99/day")
    assert found.timeline(["fund"])[-1][1].suppliers["seat"].capacity == Fraction(99, 86_400)
    assert any("policy fund: --set gives 'suppliers.seat.capacity'" in problem.message for problem in found.warnings)


def test_a_parameter_of_a_lever_can_be_set(loaded: Loads) -> None:
    found = loaded(CASE, "policies.fund.lever.capacity_fund.capacity=100%")
    assert found.timeline(["fund"])[-1][1].suppliers["seat"].capacity == Fraction(250, 86_400)


def test_a_resolved_value_names_the_policy_that_pulled_the_lever(loaded: Loads) -> None:
    rows = {row.path: row for row in loaded(CASE).resolved(["fund"])}
    assert rows["suppliers.motor.capacity"].value == "180% of plan"
    assert rows["suppliers.motor.capacity"].set_by == "policy fund"


def test_numbers_of_levers_are_among_the_assumptions(loaded: Loads) -> None:
    paths = [row.path for row in loaded(CASE).assumptions()]
    assert "policies.local.lever.localise.points" in paths
    assert "policies.fund.lever.capacity_fund.build" in paths


# ------------------------------------------------------------------------------------ refusals

BAD = {
    "lever: {localize: {}}": "unknown key 'localize' - did you mean 'localise'?",
    "lever: {localise: {points: 3}}": "key 'suppliers' missing in policies.other.lever.localise",
    "lever: {localise: {suppliers: suppliers.motor, points: 101}}": "points must not be above 100, got '101'",
    "lever: {localise: {suppliers: suppliers.moter, points: 1}}": "there is no 'moter' in suppliers",
    "lever: {localise: {suppliers: 'suppliers[tier=3]', points: 1}}": "nothing matches '[tier=3]'",
    "lever: {localise: {suppliers: suppliers, points: 1}}": "path 'suppliers' names no group",
    "lever: {localise: {suppliers: suppliers.motor, points: 1, ring: abroad}}": "in the ring abroad that could rise",
    "lever: {upgrade_loan: {suppliers: suppliers.seat, capacity: 1%, loan: 21 million CNY}}": "loan must not be above",
    "lever: {upgrade_loan: {suppliers: suppliers.seat, capacity: 1%, loan: 1 CNY, years: 4}}": "must not be above 3",
    "lever: {upgrade_loan: {suppliers: plants.works, capacity: 1%, loan: 1 CNY}}": "states a capacity",
    "lever: {chain_finance: {suppliers: suppliers.seat, market_rate: 3%, rate: 4%}}": "rate must not be above market",
    "lever: {attract: {suppliers: suppliers.seat, firms: 1}}": "suppliers.seat has no count by ring",
    "lever: {second_source: {buyers: plants.works, suppliers: suppliers.seat}}": "suppliers.seat is no second source",
    "lever: {trade_in: {market: buyers, gains: 10%, payback: 9 days}}": "a trade-in subsidy needs an end",
    "lever: {carbon_price: {per_tonne: 60 CNY}}": "no firm states any CO2",
    "lever: {cluster: {lanes: suppliers.motor, shorter: 10%}}": "states a lead time that could fall",
    "lever: {innovation: {suppliers: suppliers.seat}}": "nothing is gained: state less_scrap, faster or less_material",
}

ONE_SHARE = "has firms in city and province under one share: those outside {} would win, too"
BY_RING = "write share: {city: 28%, province: 42%}"
OUT = "leave `instead_of` out: then outside sources lose"
NONE_STATES = "none of 'suppliers.motor' states a share of firms in the ring {} that could rise"
COUNTED = "count: {city: 2, province: 3}, share: 70%"
NAMED = "firms: {a: {share: 50%}, b: {share: 75%, ring: province}}"
MOTORS = [  # the motor makers, what localise is told, its message, and its hint
    (COUNTED, "points: 1", ONE_SHARE.format("city"), BY_RING),
    (COUNTED, "points: 1, ring: province", ONE_SHARE.format("province"), BY_RING),
    (COUNTED, "points: 1, instead_of: province", ONE_SHARE.format("city"), BY_RING),
    (f"{NAMED}, share: 50%", "points: 1", ONE_SHARE.format("city"), "write share: {city: 20%, province: 30%}"),
    (NAMED.replace("75%", "30%"), "points: 1", NONE_STATES.format("city"), "write share: {city: 50%, province: 30%}, "),
    ("share: 70%", "points: 1, ring: province", NONE_STATES.format("province"), "name groups with firms there"),
    ("share: 70%", "points: 1, instead_of: province", "states no share of firms in the ring province", OUT),
    ("count: {city: 2}, share: {city: 70%}", "points: 1, instead_of: nation", "in the ring nation", OUT),
    ("share: 70%", "points: 1, instead_of: city", "instead_of must be another ring than city, which wins", OUT),
]


@pytest.mark.parametrize(("motors", "told", "message", "hint"), MOTORS)
def test_localise_says_whose_share_it_cannot_tell_apart_and_what_to_write(
    write: Callable[..., Path], motors: str, told: str, message: str, hint: str
) -> None:
    """One share for firms of several rings would rise for all of them; half of it is not the city's."""
    stated = "count: {city: 2, province: 3}, share: {city: 30%, province: 40%}, capacity: 120% of plan"
    text = with_policy(f"{{lever: {{localise: {{suppliers: suppliers.motor, {told}}}}}}}").replace(stated, motors)
    text = text.replace("[local+fund]", "[fund]").replace("  local: {from", "  # local: {from")
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    (found,) = (problem for problem in caught.value.problems if not problem.warning)
    assert message in found.message
    assert hint in found.hint
    assert found.place is not None
    at = found.excerpt[found.place.column - 1 :]
    assert at.startswith(told.rpartition("instead_of: ")[2] if "instead_of" in message or OUT in hint else "suppliers")


def test_one_share_is_enough_where_all_firms_are_in_the_ring(loaded: Loads) -> None:
    """Wherever that is said: in the line of the group, or firm by firm."""
    stated = "count: {city: 2, province: 3}, share: {city: 30%, province: 40%}, capacity: 120% of plan"
    for motors in ("ring: province, share: 70%", "firms: {a: {ring: province}, b: {ring: province}}, share: 70%"):
        text = with_policy("{lever: {localise: {suppliers: suppliers.motor, points: 5, ring: province}}}")
        text = text.replace(stated, motors).replace("[local+fund]", "[fund]").replace("  local: {from", "  # local: {")
        ((_, after),) = loaded(text).timeline(["other"])
        assert after.suppliers["motor"].share == Fraction(75, 100)


def test_a_lever_older_than_the_study_acts_and_costs_from_its_start_on(loaded: Loads) -> None:
    grant = "lever: {capacity_fund: {suppliers: suppliers.motor, capacity: 50%, per_firm: 1 million CNY}}"
    older, first = (loaded(with_policy(f"{{from: {day}, {grant}}}")) for day in ("2023-03-01", "2024-01-01"))
    assert [day for day, _ in older.timeline(["other"])] == [day for day, _ in first.timeline(["other"])]
    assert build(older, ("other",)).fiscal == build(first, ("other",)).fiscal != ()


def test_a_lever_after_the_study_is_never_in_force_and_says_so(loaded: Loads) -> None:
    """As any other policy: a study that is cut short goes on without it."""
    line = "{from: 2025-03-01, lever: {payment_terms: {buyers: plants.works, pays_after: 1 day}}}"
    assert any("is never in force" in problem.message for problem in loaded(with_policy(line)).warnings)


@pytest.mark.parametrize("lines", BAD, ids=lambda lines: lines[:40])
def test_a_lever_that_means_nothing_is_refused_at_its_place(refused: Refused, lines: str) -> None:
    messages = refused(with_policy(f"{{{lines}}}"))
    found = [message for message in messages if BAD[lines] in message]
    assert found, messages
    assert found[0].startswith("small.yaml:18:")


def test_a_lever_that_comes_too_late_is_told(loaded: Loads) -> None:
    lever = "{localise: {suppliers: suppliers.motor, points: 1, qualification: 400 days}}"
    messages = [problem.message for problem in loaded(with_policy(f"{{lever: {lever}}}")).warnings]
    assert "policy other: localise: would act from 2025-02-04 on, and it is over on 2025-01-01" in messages
    sooner = lever.replace("400", "60")
    messages = [problem.message for problem in loaded(with_policy(f"{{until: 2024-03-01, lever: {sooner}}}")).warnings]
    assert "policy other: localise: would act from 2024-03-01 on, and it is over on 2024-03-01" in messages


# ------------------------------------------------------------------------------------ declarations


def test_every_lever_declares_units_that_the_language_knows_and_its_source() -> None:
    for name in levers:
        assert {field.unit for field in levers.fields(name)} <= set(TYPES)
        assert all(field.meaning for field in levers.fields(name))
        assert levers[name].SOURCE
        assert levers.meaning(name).endswith(".")


def test_every_lever_and_field_is_in_the_json_schema() -> None:
    definitions = json_schema()["$defs"]
    assert set(definitions["Levers"]["properties"]) >= set(SECTIONS)
    for name in levers:
        known = definitions[levers[name].__name__]["properties"]
        assert set(known) >= {field.name for field in levers.fields(name)}


def test_money_is_split_and_paid_monthly_to_the_fen() -> None:
    assert split(Fraction(10), 3) == [3, 3, 4]
    assert sum(split(Fraction(72_450_000), 36)) == 72_450_000
    rows = list(monthly(Fraction(1, 7), date(2024, 1, 31), date(2024, 4, 15)))
    assert [day for day, _ in rows] == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    assert sum(fen for _, fen in rows) == round(Fraction(86_400 * 75, 7))
    assert months_from(date(2024, 11, 30), 3) == date(2025, 2, 28)
