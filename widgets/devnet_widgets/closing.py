"""Closing widgets with everything they hold: a container closes only itself."""

from ipywidgets import Widget


def parts_of(widget: Widget) -> list[Widget]:
    """Every open widget that a widget holds, deepest first: children, layouts, styles."""
    found: dict[str, Widget] = {}
    for value in [getattr(widget, key, None) for key in widget.keys]:
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, Widget) and part.comm is not None:
                found |= {inner.model_id: inner for inner in parts_of(part)}
                found[part.model_id] = part
    return list(found.values())


def close_tree(widget: Widget) -> None:
    """Close a widget and all its parts."""
    for part in parts_of(widget):
        part.close()
    widget.close()
