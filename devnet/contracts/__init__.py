"""The contracts that come with the house; each room holds one, and is what is stored."""

from devnet.contracts import group, multisig, slashing, staking

__all__ = ["group", "multisig", "slashing", "staking"]
