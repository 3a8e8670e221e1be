import pytest
from fakes.contract_chain import ContractChain
from fakes.contract_worlds import Poa, Pos, make_poa, make_pos


@pytest.fixture
def chain() -> ContractChain:
    return ContractChain()


@pytest.fixture
def poa(chain: ContractChain) -> Poa:
    return make_poa(chain)


@pytest.fixture
def pos(poa: Poa) -> Pos:
    return make_pos(poa)
