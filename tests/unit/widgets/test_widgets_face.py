import subprocess
import sys

import pytest

import devnet_widgets
from devnet_widgets.front import BlockLane, Footer

FACE = [
    "AuthoritySwap", "BlockStepper", "Dashboard", "DoubleSign", "Picture", "ValidatorPanel",
    "compare_sets", "offence_chart", "power_chart", "predict",
]  # fmt: skip


def test_the_face_hands_on_panels_and_pictures() -> None:
    assert dir(devnet_widgets) == sorted(devnet_widgets.__all__) == FACE
    assert all(getattr(devnet_widgets, name).__name__ == name for name in FACE)


def test_a_star_brings_all_of_it() -> None:
    names: dict[str, object] = {}

    exec("from devnet_widgets import *", names)  # noqa: S102 - the one way to write it in a test

    assert names.keys() - {"__builtins__"} == set(FACE)


def test_an_unknown_name_is_refused_with_what_there_is() -> None:
    with pytest.raises(AttributeError, match="BlockStepper"):
        devnet_widgets.BlockSteper  # noqa: B018


def test_importing_the_face_loads_no_widgets_and_no_charts() -> None:
    asked = "import sys, devnet_widgets; print([m for m in ('ipywidgets', 'altair', 'anywidget')"
    code = asked + " if m in sys.modules])"

    told = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"


def test_small_widgets_print_no_address() -> None:
    for made in (Footer(), BlockLane()):
        assert "0x" not in repr(made)
        made.close()


@pytest.mark.parametrize("kind", [Footer, BlockLane])
def test_scripts_ask_no_network_for_anything(kind: type[Footer | BlockLane]) -> None:
    script = str(kind._esm).replace("http://www.w3.org/2000/svg", "")

    assert "://" not in script
    assert "import " not in script
