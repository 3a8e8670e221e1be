from devnet_widgets.tables import Html, bar, facts, lesson, note, table, who, with_bar
from devnet_widgets.theme import Style

BLUE = Style("#0072B2", (1, 0))


def test_a_table_has_a_caption_and_scoped_headings() -> None:
    made = table("powers", ("validator", "power"), [("ana", 1000)])

    assert "<caption>powers</caption>" in made
    assert '<th scope="col" >validator</th>' in made
    assert '<th scope="row" >ana</th>' in made
    assert '<td class="devnet-number">1\u202f000</td>' in made


def test_nothing_is_a_dash_and_no_number() -> None:
    assert "<td >&ndash;</td>" in table("t", ("a", "b"), [("x", None)])


def test_what_users_wrote_is_escaped_everywhere() -> None:
    evil = '<img src=x onerror="1">'
    made = [
        table(evil, (evil,), [(evil,)]),
        facts([(evil, evil)], caption=evil),
        who(evil, BLUE, title=evil),
        lesson(evil, evil),
        note(evil),
        with_bar(evil, bar(1, 2, BLUE)),
    ]

    assert all("<img" not in text for text in made)


def test_html_of_our_own_passes_as_it_is() -> None:
    assert "<b>x</b>" in table("t", ("a", "b"), [("x", Html("<b>x</b>"))])


def test_rows_that_changed_are_marked() -> None:
    made = table("t", ("a",), [("x",), ("y",)], marked=[1])

    assert made.count('<tr class="devnet-new">') == 1
    assert made.index("devnet-new") > made.index(">x<")


def test_a_bar_shows_its_old_value_beside_the_new() -> None:
    made = bar(25, 100, BLUE, before=50)

    assert "width:25%" in made
    assert "left:50%" in made
    assert 'aria-hidden="true"' in made


def test_a_state_is_a_mark_of_its_own() -> None:
    assert "devnet-slashed" in who("cho", BLUE, state="slashed")
