import pytest

from devnet.x.evidence.errors import InvalidRoute, RouterSealed, UnknownEvidenceRoute
from devnet.x.evidence.router import EvidenceRouter, Handler


def accept(*_: object) -> None:
    """A handler that takes everything."""


def test_adding_routes_can_be_chained_and_each_is_found() -> None:
    router = EvidenceRouter().add_route("one", accept).add_route("two", accept)
    assert router.routes == ("one", "two")
    assert router.has_route("one")
    assert router.get_route("two") is accept


@pytest.mark.parametrize("name", ["", "    ", "dash-ed", "under_score", "a b", "é"])
def test_a_route_name_is_letters_and_digits(name: str) -> None:
    with pytest.raises(InvalidRoute, match="letters and digits"):
        EvidenceRouter().add_route(name, accept)


def test_a_second_handler_for_a_route_is_refused() -> None:
    router = EvidenceRouter().add_route("test", accept)
    with pytest.raises(InvalidRoute, match="already"):
        router.add_route("test", accept)


def test_an_unknown_route_is_refused_by_name_and_the_nearest_offered() -> None:
    router = EvidenceRouter().add_route("equivocation", accept)
    assert not router.has_route("equivocations")
    with pytest.raises(UnknownEvidenceRoute, match="did you mean 'equivocation'") as caught:
        router.get_route("equivocations")
    assert caught.value.route == "equivocations"


def test_a_sealed_router_takes_no_route_and_says_why() -> None:
    router = EvidenceRouter()
    router.seal()
    with pytest.raises(RouterSealed, match="live chain takes no new kinds") as caught:
        router.add_route("late", accept)
    assert caught.value.route == "late"
    assert not router.has_route("late")


def test_sealing_twice_is_refused() -> None:
    router = EvidenceRouter()
    router.seal()
    with pytest.raises(RouterSealed):
        router.seal()


def test_the_first_thing_a_sealed_router_checks_is_the_seal() -> None:
    router = EvidenceRouter().add_route("test", accept)
    router.seal()
    for name in ("", "test"):
        with pytest.raises(RouterSealed):
            router.add_route(name, accept)


def test_a_router_shows_its_routes_and_its_seal() -> None:
    router = EvidenceRouter()
    assert repr(router) == "EvidenceRouter(open: no routes)"
    handler: Handler = accept
    router.add_route("test", handler).seal()
    assert repr(router) == "EvidenceRouter(sealed: test)"
