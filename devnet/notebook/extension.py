"""``%load_ext devnet``: the magics come and go, a chain is started only when asked for."""

from IPython.core.interactiveshell import InteractiveShell

from devnet.notebook.magics import DevnetMagics

_ATTRIBUTE = "_devnet_magics"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics; loading twice changes nothing and says so."""
    if getattr(shell, _ATTRIBUTE, None) is not None:
        print("devnet is loaded already; %devnet new starts a chain")  # noqa: T201
        return
    magics = DevnetMagics(shell)
    shell.register_magics(magics)
    setattr(shell, _ATTRIBUTE, magics)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics away, close the chain they started, leave the user's names alone."""
    magics = getattr(shell, _ATTRIBUTE, None)
    if magics is None:
        return
    for kind, table in magics.magics.items():
        for name in table:
            shell.magics_manager.magics[kind].pop(name, None)
    magics.close()
    delattr(shell, _ATTRIBUTE)
