"""The worlds of the contract tests: proof of authority, and proof of stake beside it."""

from dataclasses import dataclass

from fakes.contract_chain import ContractChain

from devnet import contracts
from devnet.crypto.hashing import sha256
from devnet.primitives.types import Address

DAY = 24 * 3600


def key_of(name: str) -> bytes:
    """A consensus key; only its length matters to a contract."""
    return sha256(f"key of {name}".encode())


@dataclass
class Poa:
    """Ann 4, Ben 3, Cat 2, Dan 1 with keys; A (60 %) rules the group, B (80 %) the chain."""

    chain: ContractChain
    ann: Address
    ben: Address
    cat: Address
    dan: Address
    eve: Address
    group: Address
    membership: Address
    council: Address

    def pass_proposal(self, msgs: list[object], *, by: Address | None = None) -> int:
        """The council decides, all four voting, and executes."""
        return self.decide(by or self.council, msgs, (self.ann, self.ben, self.cat, self.dan))

    def decide(self, by: Address, msgs: list[object], voters: tuple[Address, ...]) -> int:
        """Propose by the first voter, vote by the others, execute by a stranger."""
        first, *others = voters
        made = self.chain.execute(by, "propose", sender=first, title="proposal", msgs=msgs)
        number = int(made.attributes()["proposal_id"])
        for voter in others:
            self.chain.execute(by, "vote", sender=voter, proposal_id=number, vote="yes")
        self.chain.execute(by, "execute", sender=self.eve, proposal_id=number)
        return number


@dataclass
class Pos:
    """A group ruled by staking: 1,000,000 per weight, min bond 1,000,000, 21 days."""

    chain: ContractChain
    poa: Poa
    group: Address
    staking: Address

    def stake(self, sender: Address, amount: int) -> None:
        self.chain.execute(self.staking, "self_stake", sender=sender, funds=f"{amount}utgd")

    def staked(self, addr: Address) -> int:
        staked: int = self.chain.query(self.staking, "staked", addr=addr)
        return staked

    def weight(self, addr: Address) -> int | None:
        weight: int | None = self.chain.query(self.group, "member", addr=addr).weight
        return weight


def make_poa(chain: ContractChain) -> Poa:
    """A chain of its founders: the seed's bootstrap, done."""
    ann, ben, cat, dan, eve = (
        chain.account(name, "1000000000utgd") for name in ("ann", "ben", "cat", "dan", "eve")
    )
    weights = {"ann": (ann, 4), "ben": (ben, 3), "cat": (cat, 2), "dan": (dan, 1)}
    john = chain.account("john")
    group = chain.instantiate(
        contracts.group,
        sender=john,
        admin=john,
        members=[
            {"addr": addr, "weight": weight, "pubkey": key_of(name)}
            for name, (addr, weight) in weights.items()
        ],
    )
    membership, council = (
        chain.instantiate(
            contracts.multisig,
            sender=john,
            group_addr=group,
            threshold={"absolute_percentage": {"percentage": percentage}},
        )
        for percentage in ("0.6", "0.8")
    )
    chain.execute(group, "update_admin", admin=membership, sender=john)
    chain.state.offices |= {"admin": council, "authority": group}
    chain.step()
    return Poa(chain, ann, ben, cat, dan, eve, group, membership, council)


def make_pos(poa: Poa, *, tokens_per_weight: int = 1_000_000, min_bond: int = 1_000_000) -> Pos:
    """A staking contract and the group it rules, not in office yet."""
    chain = poa.chain
    group = chain.instantiate(contracts.group, sender=poa.ann, admin=poa.ann, members=[])
    staking = chain.instantiate(
        contracts.staking,
        sender=poa.ann,
        group=group,
        admin=poa.council,
        denom="utgd",
        tokens_per_weight=tokens_per_weight,
        min_bond=min_bond,
        unbonding_seconds=21 * DAY,
    )
    chain.execute(group, "update_admin", admin=staking, sender=poa.ann)
    chain.step()
    return Pos(chain, poa, group, staking)
