"""What contract source can see: rooms to import from, names of Python, names in scope."""

ROOTS = ("devnet.primitives", "devnet.cosmwasm", "devnet.contracts.parts", "devnet.curves")
"""The rooms contract source may import from, with all below them."""
FACE = "devnet"
"""The front door; contract-side names may be imported from it too."""
STANDARD: dict[str, tuple[str, ...]] = {
    "dataclasses": ("dataclass", "field", "replace"),
    "collections.abc": ("Callable", "Iterable", "Iterator", "Mapping", "Sequence"),
    "enum": ("Enum", "IntEnum", "StrEnum", "auto"),
    "typing": (
        "Any",
        "ClassVar",
        "Final",
        "Literal",
        "NamedTuple",
        "NewType",
        "Protocol",
        "Self",
        "TypeAlias",
        "assert_never",
        "cast",
    ),
}
"""Names of the standard library that say something about types and nothing else."""
BUILTINS = frozenset(
    """
    abs all any bool bytes bytearray callable classmethod dict divmod enumerate filter
    frozenset int isinstance issubclass iter len list map max min next pow property range
    reversed set slice sorted staticmethod str sum super tuple zip True False None
    ArithmeticError AssertionError AttributeError Exception IndexError KeyError LookupError
    NotImplementedError OverflowError StopIteration TypeError ValueError ZeroDivisionError
    NotImplemented Ellipsis
    """.split()  # noqa: SIM905 - words read better than quotes
)
"""Names of Python itself that a contract has."""
LAZY = frozenset(("enumerate", "filter", "map", "zip"))
"""Calls that hand on what they are given one by one, later, and may stand in one another."""
DEFINABLE = frozenset(
    """
    __post_init__ __str__ __repr__ __eq__ __lt__ __le__ __gt__ __ge__ __len__ __iter__
    __contains__ __getitem__ __bool__ __add__ __sub__ __mul__ __floordiv__ __mod__ __neg__
    """.split()  # noqa: SIM905 - words read better than quotes
)
"""The special methods a class of a contract may define; none may be called by name."""

_ROOMS: dict[str, tuple[str, ...]] = {
    "devnet.cosmwasm.contract": (
        "Contract", "execute", "instantiate", "migrate", "query", "reply", "sudo",
    ),
    "devnet.cosmwasm.deps": ("Deps", "Env", "MessageInfo"),
    "devnet.cosmwasm.errors": ("NotFound", "Overflow", "QueryFailed", "Refuse", "Unauthorized"),
    "devnet.cosmwasm.messages": (
        "CosmosMsg", "Event", "Reply", "Response", "SubMsg", "bank_burn", "bank_send", "custom",
        "wasm_execute", "wasm_instantiate",
    ),
    "devnet.cosmwasm.state": ("Item", "Map", "SnapshotItem", "SnapshotMap"),
    "devnet.cosmwasm.wire": ("Uint64", "Uint128", "UncheckedAddress"),
    "devnet.primitives.canonical_json": ("Json",),
    "devnet.primitives.decimals": ("Decimal",),
    "devnet.primitives.types": (
        "SECOND", "Address", "Coin", "Coins", "Denom", "Height", "Timestamp", "Weight",
    ),
    "devnet.contracts.parts.claims": ("Claims",),
    "devnet.contracts.parts.hooks": ("Hooks",),
    "devnet.contracts.parts.slashers": ("Slashers",),
    **STANDARD,
}  # fmt: skip
SCOPE: dict[str, str] = {name: room for room, names in _ROOMS.items() for name in names}
"""Contract-side names that stored text may use without importing them, and their rooms."""
