"""Panels and pictures for a devnet: what a chain does, seen and done in a notebook.

``from devnet_widgets import Dashboard`` and ``Dashboard(net)`` at the end of a cell. Each
name is loaded when it is first used; a chain without a notebook needs none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devnet_widgets.authority_swap import AuthoritySwap as AuthoritySwap
    from devnet_widgets.block_stepper import BlockStepper as BlockStepper
    from devnet_widgets.dashboard import Dashboard as Dashboard
    from devnet_widgets.double_sign import DoubleSign as DoubleSign
    from devnet_widgets.lesson import predict as predict
    from devnet_widgets.picture import Picture as Picture
    from devnet_widgets.pictures import compare_sets as compare_sets
    from devnet_widgets.pictures import offence_chart as offence_chart
    from devnet_widgets.pictures import power_chart as power_chart
    from devnet_widgets.validator_panel import ValidatorPanel as ValidatorPanel

__all__ = [
    "AuthoritySwap",
    "BlockStepper",
    "Dashboard",
    "DoubleSign",
    "Picture",
    "ValidatorPanel",
    "compare_sets",
    "offence_chart",
    "power_chart",
    "predict",
]

_ROOMS = {
    "AuthoritySwap": "authority_swap",
    "BlockStepper": "block_stepper",
    "Dashboard": "dashboard",
    "DoubleSign": "double_sign",
    "Picture": "picture",
    "ValidatorPanel": "validator_panel",
    "compare_sets": "pictures",
    "offence_chart": "pictures",
    "power_chart": "pictures",
    "predict": "lesson",
}


def __getattr__(name: str) -> object:
    """Load the room of a name on first use.

    Raises
    ------
    MissingExtra
        If the notebook packages are not installed.
    """
    if name not in _ROOMS:
        raise AttributeError(f"devnet_widgets has no {name!r}; there are: {', '.join(_ROOMS)}")
    from importlib import import_module  # noqa: PLC0415 - the face costs nothing until used

    from devnet.primitives.errors import MissingExtra  # noqa: PLC0415

    try:
        room = import_module(f"devnet_widgets.{_ROOMS[name]}")
    except ModuleNotFoundError as err:
        if err.name in {"ipywidgets", "anywidget", "traitlets"}:
            raise MissingExtra(err.name, "pip install poe-devnet[lab]") from err
        raise
    return getattr(room, name)


def __dir__() -> list[str]:
    """Return everything there is, by name."""
    return sorted(_ROOMS)
