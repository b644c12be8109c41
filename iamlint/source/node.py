"""The tree that the JSON and YAML readers make: scalars, mappings and sequences, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from iamlint.source.span import Place, SourceText

OffsetTable = Callable[["ScalarNode"], Sequence[int]]


class ScalarNode(Place):
    """A scalar: its decoded value, where it stands (quotes included), and how its characters map to the source."""

    __slots__ = ("_offset_table", "_offsets", "value")

    def __init__(
        self,
        source: SourceText,
        start: int,
        end: int,
        value: str | int | float | bool | None,
        offset_table: OffsetTable | None = None,
    ) -> None:
        super().__init__(source, start, end)
        self.value = value
        self._offset_table = offset_table
        self._offsets: Sequence[int] | None = None

    def offsets(self) -> Sequence[int]:
        """For each character of a string value its offset in the source, and one more for the end."""
        if self._offsets is None:
            if self._offset_table is not None:
                self._offsets = self._offset_table(self)
            else:
                length = len(self.value) if isinstance(self.value, str) else 0
                self._offsets = range(self.start, self.start + length + 1)
        return self._offsets


_FEW = 12


class MappingNode(Place):
    """A mapping: its entries in the order written, duplicates included."""

    __slots__ = ("_table", "entries")

    def __init__(self, source: SourceText, start: int, end: int, entries: list[tuple[ScalarNode, Node]]) -> None:
        super().__init__(source, start, end)
        self.entries = entries
        self._table: dict[object, Node] | None = None

    def get(self, key: str) -> Node | None:
        """The value of a key: the last one written, as every JSON reader takes it; None when absent."""
        if len(self.entries) > _FEW:  # the resources of a template, which every reference looks up
            if self._table is None:
                self._table = {name.value: value for name, value in self.entries}
            return self._table.get(key)
        for name, value in reversed(self.entries):
            if name.value == key:
                return value
        return None

    def key(self, key: str) -> ScalarNode | None:
        """The node of a key itself."""
        for name, _ in reversed(self.entries):
            if name.value == key:
                return name
        return None

    def keys(self) -> Iterator[str]:
        """The names of all keys."""
        return (str(name.value) for name, _ in self.entries)


class SequenceNode(Place):
    """A sequence of nodes."""

    __slots__ = ("items",)

    def __init__(self, source: SourceText, start: int, end: int, items: list[Node]) -> None:
        super().__init__(source, start, end)
        self.items = items


Node = ScalarNode | MappingNode | SequenceNode
