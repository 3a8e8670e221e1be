"""The extension in a real shell: it comes, drives the chain, and leaves nothing behind."""

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from shells import make_shell

from devnet.live.devnet import Devnet
from devnet.primitives.errors import DevnetError

MAGICS = {"devnet", "step"}


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    made = make_shell()
    made.run_line_magic("load_ext", "devnet")
    yield made
    made.run_line_magic("unload_ext", "devnet")


def run(shell: InteractiveShell, text: str) -> Any:
    done = shell.run_cell(text)  # type: ignore[no-untyped-call]
    done.raise_error()
    return done.result


def test_loading_starts_no_chain(shell: InteractiveShell) -> None:
    assert "net" not in shell.user_ns
    assert shell.magics_manager.magics["line"].keys() >= MAGICS


def test_loading_twice_says_so_and_changes_nothing(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "%devnet new --seed 7")
    net = shell.user_ns["net"]
    run(shell, "import devnet; devnet.load_ipython_extension(get_ipython())")
    assert "loaded already" in capsys.readouterr().out
    assert shell.user_ns["net"] is net


def test_the_magics_are_the_verbs(shell: InteractiveShell) -> None:
    run(shell, "%devnet new --seed 7 --validators ana=4,ben=3 --admin john")
    net = shell.user_ns["net"]
    assert isinstance(net, Devnet)
    assert (net.seed, net.node.options.admin) == (7, "john")
    assert net.validators.at(1).names == ["ana", "ben"]

    assert run(shell, "%step 5").height == net.height == 6
    assert run(shell, "%step").height == 7
    assert run(shell, "%devnet") is net


def test_the_magics_act_on_a_chain_the_user_started(shell: InteractiveShell) -> None:
    run(shell, "import devnet; net = devnet.start(seed=3)")
    assert run(shell, "%step 2").height == 3


def test_a_new_chain_closes_the_one_before(shell: InteractiveShell) -> None:
    run(shell, "%devnet new --seed 1")
    first = shell.user_ns["net"]
    run(shell, "%devnet new --seed 2")
    assert shell.user_ns["net"].seed == 2
    with pytest.raises(DevnetError, match="closed"):
        first.step()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%step", "no chain called net"),
        ("%devnet", "no chain called net"),
        ("%devnet old", "only %devnet new"),
        ("%devnet new --validators ana", "ana=4"),
        ("%devnet new --seed=-1", "seed"),
    ],
)
def test_a_wrong_magic_is_one_clean_line(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    done = shell.run_cell(line)  # type: ignore[no-untyped-call]
    assert type(done.error_in_exec).__name__ == "UsageError"
    said = capsys.readouterr()
    assert words in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_unloading_leaves_nothing_behind(shell: InteractiveShell) -> None:
    run(shell, "%devnet new")
    net = shell.user_ns["net"]
    shell.run_line_magic("unload_ext", "devnet")

    assert "net" not in shell.user_ns
    assert not MAGICS & shell.magics_manager.magics["line"].keys()
    with pytest.raises(DevnetError, match="closed"):
        net.step()


def test_unloading_spares_a_net_of_the_user(shell: InteractiveShell) -> None:
    run(shell, "%devnet new")
    run(shell, "net = 5")
    shell.run_line_magic("unload_ext", "devnet")
    assert shell.user_ns["net"] == 5


def test_reloading_begins_anew(shell: InteractiveShell) -> None:
    run(shell, "%devnet new")
    shell.run_line_magic("reload_ext", "devnet")
    assert "net" not in shell.user_ns
    run(shell, "%devnet new")
    assert run(shell, "%step").height == 2


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ('net.validators["', "ana"),
        ("net.x.", "validator"),
        ("net.x.validator.execute.", "set_authority"),
        ("net.x.bank.query.", "balance"),
        ("group.execute.", "update_members"),
        ("group.query.", "list_validators"),
        ('net.contracts["', "group"),
        ("ana.", "send"),
    ],
)
def test_what_can_be_asked_is_completed(shell: InteractiveShell, text: str, offered: str) -> None:
    run(
        shell,
        "import devnet\nfrom devnet import contracts\n"
        "net = devnet.start(validators={'ana': 1})\nana = net.account('ana')\n"
        "group = net.instantiate(contracts.group, label='group', sender=ana, members=[])",
    )
    with provisionalcompleter():
        found = [option.text for option in shell.Completer.completions(text, len(text))]
    assert any(offered in option for option in found), found


def test_help_shows_the_contracts_own_words(shell: InteractiveShell) -> None:
    run(
        shell,
        "import devnet\nfrom devnet import contracts\n"
        "net = devnet.start(admin='john')\n"
        "group = net.instantiate(contracts.group, label='group', sender='john', members=[])",
    )
    shown = shell.object_inspect(  # type: ignore[no-untyped-call]
        "group.execute.update_members"
    )
    assert "add" in shown["definition"] or "add" in shown["init_definition"]
    assert shown["docstring"]
