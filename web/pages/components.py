"""The components of a rank, as tables and explanations show them."""

from dataclasses import dataclass

from ranking.selectors import ComponentView, EntryView, InputView
from web.figures import Bar, share_bar


@dataclass(frozen=True)
class Component:
    """One component: what share of its points was earned, and from which signals."""

    name: str
    label: str
    text: str
    note: str
    is_missing: bool
    bar: Bar | None
    inputs: tuple[InputView, ...]


def components_of(entry: EntryView, *, side: str = "") -> tuple[Component, ...]:
    """Return the components of a published rank."""
    return tuple(_component(view, side) for view in entry.components)


def _component(view: ComponentView, side: str) -> Component:
    earned = f"{view.points:.1f} of {view.weight:.1f} points"
    if view.is_missing:
        note = f"counted as {earned} until known"
        return Component(view.name, view.label, "Not known yet", note, True, None, view.inputs)
    bar = share_bar(view.value, view.low, view.high, level=90, side=side)
    text = f"{view.value * 100:.0f}"
    return Component(view.name, view.label, text, earned, False, bar, view.inputs)
