import gc
from pathlib import Path

from devnet_widgets.theme import COLOURS, DASHES, Palette, palette_of

STYLES = Path(__file__).parents[3] / "widgets" / "devnet_widgets" / "static" / "panel.css"


class Net:
    """Stands for a chain: something that can be pointed at."""


def test_a_name_keeps_its_style_whatever_comes_later() -> None:
    palette = Palette()
    before = palette.style("cho")

    for index in range(100):
        palette.style(f"v{index}")

    assert palette.style("cho") == before


def test_the_cast_looks_the_same_in_whatever_order_it_appears() -> None:
    first, second = Palette(), Palette()
    cast = ["genesis", "ana", "ben", "cho", "dia", "eve"]

    assert [first.style(name) for name in cast] == [second.style(name) for name in reversed(cast)][
        ::-1
    ]


def test_eight_names_differ_in_colour_and_in_dashes() -> None:
    palette = Palette()
    styles = [palette.style(f"v{index}") for index in range(8)]

    assert {style.colour for style in styles} == set(COLOURS)
    assert {style.dash for style in styles} == set(DASHES)


def test_sixty_names_get_pairs_that_differ_as_long_as_there_are_pairs() -> None:
    palette = Palette()
    styles = [palette.style(f"v{index}") for index in range(60)]

    assert len({(style.colour, style.dash) for style in styles}) == 60


def test_every_colour_carries_letters_that_can_be_read() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    palette = Palette()
    for name in "abcdefgh":
        style = palette.style(name)
        light, dark = sorted((luminance(style.colour), luminance(style.ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, style


def test_a_chain_has_one_palette_and_takes_it_along_when_it_goes() -> None:
    net, other = Net(), Net()
    assert palette_of(net) is palette_of(net)
    assert palette_of(net) is not palette_of(other)

    style = palette_of(net).style("ana")
    del net
    gc.collect()

    assert palette_of(Net()).style("ana") == style


def test_fixed_colours_are_set_by_python_alone() -> None:
    text = STYLES.read_text(encoding="utf-8")

    assert not [colour for colour in COLOURS if colour in text]


def test_nothing_moves() -> None:
    text = STYLES.read_text(encoding="utf-8")

    assert "animation" not in text
    assert "transition" not in text
