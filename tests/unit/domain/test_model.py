"""Who answers a question, and what it costs."""

from decimal import Decimal

import pytest

from footnote.domain.answer import Usage
from footnote.domain.errors import UnprocessableError
from footnote.domain.model import EVERY_KB, Arm, Catalogue, Route
from tests.asking import KB, a_model, asked

MODELS = {name: a_model(name) for name in ("small", "large", "new", "shadow")}


def catalogue(*routes: Route) -> Catalogue:
    return Catalogue(models=MODELS, routes={route.kb: route for route in routes})


def test_a_knowledge_base_has_its_own_route_or_the_one_for_all() -> None:
    both = catalogue(Route(steps=("small", "large")), Route(kb=KB, steps=("large",)))
    assert [model.name for model in both.plan(asked("q", kb=KB)).steps] == ["large"]
    assert [model.name for model in both.plan(asked("q", kb="x")).steps] == ["small", "large"]
    assert catalogue(Route(kb=KB, steps=("large",))).plan(asked("q", kb="x")).steps == ()


def test_a_conversation_keeps_the_arm_that_it_was_given() -> None:
    known = catalogue(Route(steps=("small", "large"), candidate="new", candidate_share=0.5))
    arms = {
        number: {known.plan(asked("q", conversation=f"c{number}")).arm for _ in range(3)}
        for number in range(50)
    }
    assert all(len(found) == 1 for found in arms.values())
    assert {arm for found in arms.values() for arm in found} == set(Arm)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_candidate_takes_the_first_step_for_its_share_of_the_conversations(
    share: float,
) -> None:
    known = catalogue(Route(steps=("small", "large"), candidate="new", candidate_share=share))
    plans = [known.plan(asked("q", conversation=f"c{number}")) for number in range(2000)]
    taken = [plan for plan in plans if plan.arm is Arm.CANDIDATE]
    assert len(taken) / len(plans) == pytest.approx(share, abs=0.03)
    assert all([model.name for model in plan.steps] == ["new", "large"] for plan in taken)


def test_a_candidate_that_is_a_later_step_is_asked_once() -> None:
    known = catalogue(Route(steps=("small", "large"), candidate="large", candidate_share=1))
    assert [model.name for model in known.plan(asked("q")).steps] == ["large"]


def test_a_shadow_sees_its_share_of_the_questions_whatever_the_arm() -> None:
    route = Route(
        steps=("small",), candidate="new", candidate_share=0.5, shadow="shadow", shadow_share=0.2
    )
    plans = [catalogue(route).plan(asked("q", conversation=f"c{n}")) for n in range(2000)]
    shadowed = [plan for plan in plans if plan.shadow]
    assert len(shadowed) / len(plans) == pytest.approx(0.2, abs=0.03)
    candidates = sum(plan.arm is Arm.CANDIDATE for plan in shadowed)
    assert candidates / len(shadowed) == pytest.approx(0.5, abs=0.08)


def test_a_cost_is_known_only_where_both_prices_are() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=500_000)
    priced = a_model("small", input_price=Decimal("0.40"), output_price=Decimal("1.60"))
    assert priced.cost(usage) == Decimal("1.20")
    assert a_model("small", input_price=Decimal(1)).cost(usage) is None


@pytest.mark.parametrize(
    ("steps", "changes"),
    [
        ((), {}),
        (("small", "small"), {}),
        (("small",), {"candidate": "small", "candidate_share": 0.5}),
        (("small",), {"candidate": "new", "candidate_share": 1.5}),
        (("small",), {"shadow": "new", "shadow_share": float("nan")}),
    ],
)
def test_what_cannot_be_a_route_is_refused(
    steps: tuple[str, ...], changes: dict[str, float | str]
) -> None:
    with pytest.raises(UnprocessableError):
        Route(kb=EVERY_KB, steps=steps, **changes)  # type: ignore[arg-type]
