"""What scenarios mean: prices and coefficients, cycles, names, demand on capacity, and one message per fault."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.errors import ScenarioError
from chainsim.scenario.language.schema import Supplier
from chainsim.scenario.load import Loaded
from chainsim.scenario.network.bill import bill
from chainsim.scenario.network.cycles import cycle_through, is_productive, rings, spectral_radius, top_down
from chainsim.scenario.network.naming import firm_names

Load = Callable[..., Loaded]
Refused = Callable[..., list[str]]

# prices and coefficients


def test_a_part_used_once_costs_what_its_user_spends_on_it(loaded: Load) -> None:
    result = bill(loaded().scenario)
    assert result.prices == {"car": 10_000_000, "motor": 4_800_000, "seat": 3_200_000, "steel": 100_000}
    assert result.coefficients["car", "motor"] == 1
    assert result.coefficients["motor", "steel"] == 24


def test_the_materials_of_a_part_cost_its_materials_share(loaded: Load, small: str) -> None:
    text = small.replace("steel: 100}", "steel: 3, seat: 4}").replace("seat: {}", "seat: {price: 7 CNY}")
    result = bill(loaded(text).scenario)
    spent = sum(result.coefficients["motor", component] * result.prices[component] for component in ("steel", "seat"))
    assert spent == Fraction(1, 2) * result.prices["motor"]


def test_needs_are_units_as_they_stand(loaded: Load, small: str) -> None:
    text = small.replace("seat: {}", "seat: {needs: {steel: 0.15}}")
    assert bill(loaded(text).scenario).coefficients["seat", "steel"] == Fraction(3, 20)


def test_prices_are_rounded_half_to_even(loaded: Load, small: str) -> None:
    text = small.replace("car: {price: 100_000 CNY, materials: 80%", "car: {price: 0.05 CNY, materials: 50%")
    text = text.replace("{motor: 60, seat: 40}", "{motor: 1, seat: 1}").replace(
        "cost_shares: {steel: 100}}", "cost_shares: {}}"
    )
    text = text.replace("motor: {materials: 50%, cost_shares: {}}", "motor: {price: 1 CNY}")
    assert bill(loaded(text).scenario).prices["seat"] == 1  # 1.25 fen


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("a: {materials: 50%, cost_shares: {b: 1}}\n  b: {}", "part a needs a price: no part's cost shares imply one"),
        ("a: {price: 1 CNY, needs: {b: 1}}\n  b: {}", "part b needs a price: no part's cost shares imply one"),
        (
            "a: {price: 1 CNY, needs: {b: 1}, materials: 50%, cost_shares: {b: 1}}\n  b: {}",
            "part a uses b both in `needs` and in `cost_shares`",
        ),
        ("a: {price: 1 CNY, materials: 50%, cost_shares: {b: 1}}\n  b: {price: 0 CNY}", "part b has a price of 0"),
        (
            "a: {price: 1 CNY, materials: 50%, cost_shares: {b: 0}}\n  b: {price: 1 CNY}",
            "the cost_shares of a are all 0",
        ),
        (
            "a: {price: 0.01 CNY, materials: 50%, cost_shares: {b: 1, c: 2}}\n  b: {}\n  c: {price: 1 CNY}",
            "part b needs a price: its cost share comes to less than 1 fen",
        ),
    ],
)
def test_a_bill_that_does_not_close_says_which_part(refused: Refused, parts: str, message: str) -> None:
    text = (
        f"study: {{start: 2024-01-01, end: 2024-02-01}}\nparts:\n  {parts}\nplants: {{p: {{makes: a}}}}\n"
        "outside: {o: {supplies: all}}\nmarkets: {m: {buys: a, rate: 1/day}}\n"
    )
    assert any(message in said for said in refused(text))


def test_the_bill_of_a_scenario_made_in_python_raises_too(loaded: Load) -> None:
    scenario = loaded().scenario
    parts = dict(scenario.parts)
    parts["steel"] = parts["steel"].model_copy(update={"price": None})
    parts["seat"] = parts["seat"].model_copy(update={"price": None, "needs": {"steel": Fraction(1)}})
    parts["motor"] = parts["motor"].model_copy(update={"materials": None, "cost_shares": {}})
    with pytest.raises(ScenarioError, match="part steel needs a price"):
        bill(scenario.model_copy(update={"parts": parts}))


# cycles

NODES = "abcd"
GRAPHS = st.dictionaries(
    st.sampled_from(NODES),
    st.dictionaries(st.sampled_from(NODES), st.fractions(0, 2, max_denominator=8), max_size=3),
).map(lambda needs: {name: needs.get(name, {}) for name in NODES})


@given(GRAPHS)
def test_parts_are_either_in_a_ring_or_below_or_above(needs: dict[str, dict[str, Fraction]]) -> None:
    found = rings(needs)
    order = top_down(needs)
    assert (len(order) == len(needs)) == (not found)
    for made, components in needs.items():
        for component in components:
            if made in order and component in order:
                assert order.index(made) < order.index(component)
    for ring in found:
        cycle = cycle_through(needs, ring)
        assert cycle[0] == cycle[-1] == ring[0]
        assert all(below in needs[above] for above, below in pairwise(cycle))


@given(GRAPHS)
def test_a_ring_is_productive_when_making_something_of_everything_leaves_something(
    needs: dict[str, dict[str, Fraction]],
) -> None:
    """Hawkins and Simon against the definition: powers of a productive ring die out, others do not."""
    for ring in rings(needs):
        level = dict.fromkeys(ring, 1.0)
        for _ in range(400):
            level = {
                made: sum(level[used] * float(units) for used, units in needs[made].items() if used in level)
                for made in ring
            }
        size = max(level.values())
        if size < 1e-6:
            assert is_productive(needs, ring)
        elif size > 1e3:
            assert not is_productive(needs, ring)


@pytest.mark.parametrize("size", [24, 25, 80])
def test_large_rings_are_judged_like_small_ones(size: int) -> None:
    names = [str(number) for number in range(size)]
    for total, verdict in ((Fraction(99, 100), True), (Fraction(101, 100), False)):
        needs = {name: dict.fromkeys(names, total / size) for name in names}
        assert is_productive(needs, names) is verdict


def test_a_declared_productive_cycle_is_legal(loaded: Load, small: str) -> None:
    text = "allow_cycles: true\n" + small.replace(
        "steel: {price: 1_000 CNY}", "steel: {price: 1_000 CNY, needs: {motor: 0.01}}"
    )
    assert bill(loaded(text).scenario).coefficients["steel", "motor"] == Fraction(1, 100)


# forecasts in a ring

MINE_AND_MILL = """
allow_cycles: true
study: {start: 2024-01-01, end: 2024-03-01}
parts:
  coal: {price: 100 CNY, needs: {steel: 0.05}}
  steel: {price: 1_000 CNY, needs: {coal: 5}}
plants:
  mine: {makes: coal, review: 1 day}
  mill: {makes: steel, review: 1 day, lead_time: 1 day}
markets:
  people: {buys: coal, rate: 1000/day}
"""


def radii(loaded: Load, **stocks: str) -> list[str]:
    """Warnings of the mine and the mill, whose needs multiply to 1/4, with these component stocks."""
    text = MINE_AND_MILL
    for name, rule in stocks.items():
        text = text.replace(f"{name}: {{makes", f"{name}: {{component_stock: {rule!r}, makes")
    return [warning.message for warning in loaded(text).warnings if "spectral radius" in warning.message]


# The mine buys steel, which is a day under way: its S is the cover and 2 days.  Coal takes no time: the mill's is a day
# more than its cover.  The radius is that of one step, the root of what multiplies around the ring.
@pytest.mark.parametrize(
    ("mine", "mill", "radius"),
    [
        ("moving_average(4 days, 3)", "base_stock(9)", "1.12"),  # 1/4 (1 + 6 / 1.5) = 5/4
        ("moving_average(4 days, 4)", "base_stock(9)", "1.00"),  # 1/4 (1 + 6 / 2) = 1: the line itself
        ("moving_average(4 days, 5)", "base_stock(9)", ""),
        ("base_stock(9)", "exponential_smoothing(5 days, 0.4)", "1.00"),  # 1/4 (1 + 6 / (2.5 - 0.5))
        ("base_stock(9)", "exponential_smoothing(5 days, 0.39)", ""),
        ("moving_average(1 day, 3)", "exponential_smoothing(2 days, 0.4)", "1.37"),  # 1/4 (1 + 2) (1 + 3/2) = 15/8
        ("moving_average(0 days, 8)", "exponential_smoothing(2 days, 0.4)", ""),  # 1/4 (1 + 1/2) (1 + 3/2) = 15/16
        ("autoregressive(50, 0.9)", "base_stock(9)", "1.05"),  # 1/4 (1 + 2 (0.9 + 0.81))
        ("autoregressive(50, -0.9)", "base_stock(9)", ""),
        ("cover(60 days)", "cover(60 days)", ""),  # follow the plan
    ],
)
def test_forecasts_in_a_ring_warn_from_a_spectral_radius_of_1_on(
    loaded: Load, mine: str, mill: str, radius: str
) -> None:
    found = radii(loaded, mine=mine, mill=mill)
    assert len(found) == bool(radius)
    if radius:
        owner, cycle = ("mill", "steel -> coal -> steel") if "base" in mine else ("mine", "coal -> steel -> coal")
        said = f"component_stock of {owner} follows its own orders in the cycle {cycle}: spectral radius {radius}"
        assert said in found[0]


def test_forecasts_warn_only_inside_a_ring(loaded: Load) -> None:
    """Where the mine buys its steel abroad, nothing comes back, however wildly the mill forecasts."""
    text = MINE_AND_MILL.replace("{makes: steel,", "{component_stock: 'moving_average(9 days, 1)', makes: steel,")
    assert any("spectral radius" in one.message for one in loaded(text).warnings)
    apart = text.replace("review: 1 day}", "review: 1 day, from: {steel: abroad}}") + (
        "outside: {abroad: {supplies: [steel], lead_time: 1 day}}\n"
    )
    assert not [one for one in loaded(apart).warnings if "spectral radius" in one.message]


MINE = "component_stock: 'moving_average(4 days, 3)', makes: coal,"
MILL = "  mill: {makes: steel,"
SHARED = "suppliers:\n  mill: {makes: steel, share: 75%,"
ABROAD = "outside: {abroad: {supplies: [steel], lead_time: 1 day}}\nmarkets:"
DEPOT = "warehouses: {depot: {stocks: coal, from: mine, review: 1 day, stock: 'moving_average(0 days, 4)'}}\n"
FROM_DEPOT = {MILL: f"{SHARED} from: {{coal: depot}},", "markets:": DEPOT + ABROAD}
CYCLE = "follows its own orders in the cycle coal -> steel -> coal: spectral radius"


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        # 1/4 (1 + 6 / 1.5) = 5/4, as above; with a fifth of the steel from abroad 1, with a quarter 15/16.
        ({MILL: SHARED.replace("75%", "80%"), "markets:": ABROAD}, f"component_stock of mine {CYCLE} 1.00"),
        ({MILL: SHARED, "markets:": ABROAD}, ""),
        # Of 15/16, of which 9 in 10 are good, 25/24.
        ({MILL: f"{SHARED} yield: 90%,", "markets:": ABROAD}, f"component_stock of mine {CYCLE} 1.02"),
        # 15/16 through a depot that orders by forecast, a day's use from a window with a mean age of 2 days: 45/32.
        (FROM_DEPOT, f"component_stock of mine {CYCLE} 1.12"),
        # So the depot alone: 3/4 x 1/4 (1 + 9 / 2) = 33/32.
        (
            FROM_DEPOT
            | {MINE: "component_stock: 9 days, makes: coal,", "markets:": DEPOT.replace("(0", "(8") + ABROAD},
            f"stock of depot {CYCLE} 1.01",
        ),
        # Of what is made, set-up and process time are the lead time: 1/4 (1 + 6 / 2).
        (
            {
                MINE: "finished_stock: 'moving_average(2 days, 4)', finished_review: 1 day, set_up: 2 days, "
                "process_time: 1 day, makes: coal,"
            },
            f"finished_stock of mine {CYCLE} 1.00",
        ),
        # A firm that is an exception to its group answers for itself.
        (
            {
                MINE: "component_stock: 9 days, makes: coal,",
                "markets:": "firms: {mine: {component_stock: 'moving_average(4 days, 4)'}}\nmarkets:",
            },
            f"component_stock of mine {CYCLE} 1.00",
        ),
    ],
)
def test_shares_yields_warehouses_and_exceptions_count_in_a_ring(
    loaded: Load, edits: dict[str, str], said: str
) -> None:
    text = MINE_AND_MILL.replace("makes: coal,", MINE)
    for old, new in edits.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    found = [warning for warning in loaded(text).warnings if "spectral radius" in warning.message]
    assert len(found) == bool(said), found
    if said:
        assert found[0].message.startswith(f"{said},"), found[0].message
        assert found[0].place is not None
        assert found[0].excerpt[found[0].place.column - 1 :].startswith("'moving_average(")


@given(GRAPHS)
def test_the_spectral_radius_is_the_largest_eigenvalue(needs: dict[str, dict[str, Fraction]]) -> None:
    import numpy as np

    needs = {one: {other: units for other, units in used.items() if units} for one, used in needs.items()}
    for ring in rings(needs):
        a = np.array([[float(needs[one].get(other, 0)) for other in ring] for one in ring])
        largest = max(abs(np.linalg.eigvals(a)))
        assert spectral_radius(needs, ring) == pytest.approx(largest, abs=1e-4)


@pytest.mark.parametrize("size", [2, 5, 24])
def test_a_plain_ring_has_the_mean_of_its_needs(size: int) -> None:
    """A ring of needs 1/2, ..., 1/2 has a radius of 1/2 and does not make the iteration swing."""
    ring = [str(number) for number in range(size)]
    needs = {name: {ring[(at + 1) % size]: 0.5 + 0.25 * (at == 0)} for at, name in enumerate(ring)}
    assert spectral_radius(needs, ring) == pytest.approx(0.5 * 1.5 ** (1 / size), abs=1e-4)


# names


def test_adding_a_firm_renames_nobody() -> None:
    for count in (2, 9, 98, 99, 100):
        few = firm_names("g", Supplier(makes="p", count=count))
        assert firm_names("g", Supplier(makes="p", count=count + 1))[:-1] == few
    assert firm_names("g", Supplier(makes="p", ring="city")) == [("g", "city")]
    assert firm_names("g", Supplier(makes="p", count={"city": 1, "province": 2})) == [
        ("g city 01", "city"),
        ("g province 01", "province"),
        ("g province 02", "province"),
    ]


# warnings of the plan


def test_the_plan_is_compared_with_capacity_firm_by_firm(loaded: Load, small: str) -> None:
    said = [w.message for w in loaded(small.replace("lead_time: 2 ± 0.5 days}", "capacity: 14/day}")).warnings]
    assert said == [
        "each firm of motor in the ring city is asked for 15/day at a capacity of 14/day: utilisation 1.07",
    ]


def test_a_ramp_is_judged_by_its_largest_year(loaded: Load, small: str) -> None:
    text = small.replace("rate: 100/day", "yearly: {2024: 36_600}").replace(
        "ring: city,", "ring: city, capacity: 99/day,"
    )
    (warning,) = loaded(text).warnings
    assert warning.message.startswith("byd is asked for 100/day at a capacity of 99/day")


# everything at once


def test_all_problems_come_at_once_in_the_order_of_the_file(refused: Refused, small: str) -> None:
    text = (
        small.replace("end: 2025-01-01", "end: 2023-01-01")
        .replace("materials: 80%", "materials: 180%")
        .replace("{makes: steel,", "{makes: steal,")
        .replace("rate: 100/day", "rate: 100")
        .replace("plants.byd.component_stock", "plants.byd.componentstock")
    )
    assert [said.partition(": ")[0] + ": " + said.partition(": ")[2][:38] for said in refused(text)] == [
        "small.yaml:1:33: study.end 2023-01-01 must be after stu",
        "small.yaml:3:40: materials must be a share, 0% to 100%,",
        "small.yaml:12:18: no part 'steal' - did you mean 'steel'",
        "small.yaml:16:29: rate needs a time, got '100'",
        "small.yaml:19:57: policy stock: there is no 'componentst",
    ]


def test_one_fault_gives_one_message(refused: Refused, small: str) -> None:
    for fault in ("{makes: motr,", "{maks: motor,", "{makes: [motor],"):
        assert len(refused(small.replace("{makes: motor,", fault))) <= 2, fault


def test_a_missing_study_does_not_hide_the_rest(refused: Refused, small: str) -> None:
    said = refused(
        small.replace("study: {start: 2024-01-01, end: 2025-01-01, policies: [local, local+stock]}\n", "").replace(
            "{makes: steel,", "{makes: steal,"
        )
    )
    assert [one.partition(": ")[2] for one in said] == [
        "key 'study' missing in the scenario",
        "no part 'steal' - did you mean 'steel'?",
    ]


def test_the_order_of_keys_and_sections_does_not_matter(loaded: Load, small: str) -> None:
    import yaml

    tree = yaml.load(small, yaml.BaseLoader)

    def reversed_keys(value: object) -> object:
        if isinstance(value, dict):
            return {key: reversed_keys(value[key]) for key in reversed(value)}
        return [reversed_keys(item) for item in value] if isinstance(value, list) else value

    one = loaded(small)
    other = loaded(yaml.safe_dump(reversed_keys(tree), sort_keys=False, allow_unicode=True).replace("'", ""))
    assert other.scenario == one.scenario
    assert other.timeline(["local+stock"]) == one.timeline(["local+stock"])
    assert other.warnings == one.warnings == ()
