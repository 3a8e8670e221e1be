"""What the text of the project never says: where it was written and where packages come from."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from architecture.source import ROOT, Violation

TOP_LEVEL = frozenset(
    {"pyproject.toml", "README.md", "devnet", "widgets", "labs", "tests", "binder"}
)
"""All that stands at the top beside dotfiles."""

OURS = (*sorted(TOP_LEVEL), ".ci", ".github", ".gitattributes", ".gitignore")
OURS_TOO = ".pre-commit-config.yaml"
TEXT_SUFFIXES = frozenset(
    {"", ".py", ".md", ".toml", ".txt", ".cfg", ".json", ".ipynb", ".yml", ".yaml", ".js", ".css"}
)

# Spelled with brackets so that this file does not contain what it looks for.
MACHINE_PATHS = re.compile(r"(?<![\w.~])/(?:[r]oot|[h]ome|[w]ork|[U]sers)/\w|[C]:\\\\?Users")
PACKAGE_HOSTS = re.compile(
    r"[p]ypi\.|[p]ythonhosted|[i]ndex-url|[f]ind-links|[t]rusted-host|[a]naconda\.org"
    r"|[n]pmjs|[u]npkg\.com|[j]sdelivr|[c]djs\b|://[c]dn\."
)


@cache
def project_texts() -> Mapping[str, str]:
    """Every text file of the project by its path from the top."""
    texts: dict[str, str] = {}
    for name in (*OURS, OURS_TOO):
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if _is_text(path):
                texts[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    return texts


def telltale_text(texts: Mapping[str, str]) -> Iterator[Violation]:
    """No path of one machine and no host of packages stands in the project's text."""
    for name, text in texts.items():
        for number, line in enumerate(text.splitlines(), start=1):
            for pattern, kind in ((MACHINE_PATHS, "a machine's path"), (PACKAGE_HOSTS, "a host")):
                match = pattern.search(line)
                if match is not None:
                    yield Violation(name, number, f"names {kind}: {match[0]}")


def carriage_returns(texts: Mapping[str, bytes]) -> Iterator[Violation]:
    """Line ends are LF everywhere: scripts with others do not start in an image."""
    for name, text in texts.items():
        if b"\r" in text:
            yield Violation(name, 1, "holds carriage returns")


def _is_text(path: Path) -> bool:
    hidden = any(part.endswith(("_cache", "__", "checkpoints")) for part in path.parts)
    return path.is_file() and path.suffix in TEXT_SUFFIXES and not hidden
