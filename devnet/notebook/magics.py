"""The magics: parsing only, each is one call of ``live`` a user could type."""

import shlex
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from devnet.live.blocks import BlockView
from devnet.live.devnet import Devnet
from devnet.live.start import start
from devnet.primitives.errors import DevnetError


@magics_class
class DevnetMagics(Magics):
    """``%devnet new`` and ``%step`` act on the ``net`` of the notebook."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._started: Devnet | None = None

    @line_magic
    def devnet(self, line: str) -> Devnet | None:
        """Start a chain: ``%devnet new [--seed 7] [--admin john] [--validators ana=4,ben=3]``.

        The same as ``net = devnet.start(seed=7, ...)``; ``%devnet`` alone shows ``net``.
        """
        words = shlex.split(line)
        if not words:
            return self._net()
        if words[0] != "new":
            raise UsageError(f"%devnet {words[0]}: there is only %devnet new, and %devnet alone")
        self.new(" ".join(map(shlex.quote, words[1:])))
        return None

    @magic_arguments()
    @argument("--seed", type=int, default=0, help="all keys follow from it")
    @argument("--admin", default=None, help="name of the x/validator admin")
    @argument("--validators", default=None, help="genesis set, like ana=4,ben=3")
    @argument("--path", default=None, help="a new folder; memory without it")
    def new(self, line: str) -> None:
        """Start a chain and call it ``net``; the one these magics started before is closed."""
        given = parse_argstring(self.new, line)
        options = {k: v for k, v in vars(given).items() if v is not None}
        if given.validators is not None:
            options["validators"] = _powers(given.validators)
        try:
            net = start(**options)
        except DevnetError as err:
            raise UsageError(str(err)) from err
        self.close()
        self._started = net
        self._shell.push({"net": net}, interactive=True)
        print(net)  # noqa: T201 - what the magic made

    @magic_arguments()
    @argument("blocks", type=int, nargs="?", default=1, help="how many blocks")
    @line_magic
    def step(self, line: str) -> BlockView:
        """Make blocks: ``%step 5`` is ``net.step(5)``."""
        try:
            return self._net().step(parse_argstring(self.step, line).blocks)
        except DevnetError as err:
            raise UsageError(str(err)) from err

    def close(self) -> None:
        """Close the chain these magics started; its name goes if it is still theirs."""
        net, self._started = self._started, None
        if net is not None:
            self._shell.drop_by_id({"net": net})
            net.close()

    @property
    def _shell(self) -> Any:
        return self.shell

    def _net(self) -> Devnet:
        net = self._shell.user_ns.get("net")
        if not isinstance(net, Devnet):
            raise UsageError("there is no chain called net; %devnet new starts one")
        return net


def _powers(text: str) -> dict[str, int]:
    pairs = [part.partition("=") for part in text.split(",")]
    if any(not power.strip().isdecimal() for _, _, power in pairs):
        raise UsageError(f"--validators {text}: write names and powers, like ana=4,ben=3")
    return {name.strip(): int(power) for name, _, power in pairs}
