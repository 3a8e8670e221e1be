"""The stages of the seed as named steps; only public verbs are used here."""

from devnet.recipes import governance, poa

__all__ = ["governance", "poa"]
