"""XML from a stranger, read without harm: no document type, no entities, bounded in size, depth and number.

Names are taken without their namespace: Project 2003, 2007 and later write the same names in several of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from xml.parsers import expat

from sightline.errors import ConfigError

__all__ = ["LARGEST", "Node", "read_tree"]

#: Larger files are refused; one with 5,000 tasks has about 20 MB.
LARGEST = 256 * 1024 * 1024
DEEPEST = 64
MOST_NODES = 20_000_000
LONGEST_TEXT = 4 * 1024 * 1024


class Node:
    """One element: its children in order, and its own text."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = ""
        self.children: list[Node] = []

    def get(self, name: str) -> str | None:
        """The text of the first child of that name; None when there is none, or it is empty."""
        child = self.first(name)
        return (child.text.strip() or None) if child is not None else None

    def first(self, name: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str, inside: str | None = None) -> Iterator[Node]:
        """The children of that name; with `inside`, those of every child of that name."""
        holders = [self] if inside is None else [child for child in self.children if child.name == inside]
        return (child for holder in holders for child in holder.children if child.name == name)


class _Reader:
    """Builds the rows of the lists one by one, hands each over when it is complete, and forgets it."""

    def __init__(
        self, where: str, lists: Collection[str], skipped: Collection[str], take: Callable[[Node], None]
    ) -> None:
        self.where, self.lists, self.skipped, self.take = where, lists, skipped, take
        self.root = Node("")
        self.open: list[Node] = []
        self.inside = ""
        """The child of the root that is being read."""
        self.depth = self.dropped = self.nodes = 0
        """`dropped`: how deep inside something that nobody asked for."""

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        self.depth += 1
        self.nodes += 1
        if self.depth > DEEPEST or self.nodes > MOST_NODES:
            raise _refused("it is nested too deeply or has too many elements", self.where)
        if self.dropped or name in self.skipped:
            self.dropped += 1
            return
        if self.depth == 2:
            self.inside = name
        if self.depth == 1:
            self.root = Node(name)
        elif self.depth > 2 or name not in self.lists:
            self._opened(Node(name))

    def _opened(self, node: Node) -> None:
        if self.open:
            self.open[-1].children.append(node)
        elif self.depth == 2:
            self.root.children.append(node)
        self.open.append(node)

    def data(self, text: str) -> None:
        """Text of the element that is open."""
        if self.open and not self.dropped:
            node = self.open[-1]
            if len(node.text) + len(text) > LONGEST_TEXT:
                raise _refused("one of its texts is too long", self.where)
            node.text += text

    def end(self, _name: str) -> None:
        """An element ends."""
        self.depth -= 1
        if self.dropped:
            self.dropped -= 1
        elif self.open:
            node = self.open.pop()
            if not self.open and self.inside in self.lists:
                self.take(node)


def read_tree(
    data: bytes,
    *,
    where: str,
    root: str,
    lists: Collection[str],
    skipped: Collection[str],
    take: Callable[[Node], None],
) -> Node:
    """Read `data`; each row of the root's children named in `lists` goes to `take`; the root with its other children back.

    Raises `ConfigError` for what is not well-formed, is something else, or could be an attack: a document type (and
    with it every entity), more than `LARGEST` bytes, too many or too deep elements.
    """
    if len(data) > LARGEST:
        raise _refused(f"it has more than {LARGEST // 1024 // 1024} MB", where)
    reader = _Reader(where, lists, skipped, take)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data

    def forbidden(*_arguments: object) -> int:
        raise _refused("it has a document type or entities, which no project file needs", where)

    parser.StartDoctypeDeclHandler = forbidden
    parser.EntityDeclHandler = forbidden
    parser.ExternalEntityRefHandler = forbidden
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as error:
        said = expat.errors.messages.get(error.code, "not well-formed")
        raise ConfigError(
            f"is not readable XML: {said}, line {error.lineno}",
            where=where,
            mend="Save it again: in Microsoft Project, File, Save As, XML Format (*.xml).",
        ) from None
    if reader.root.name != root:
        raise ConfigError(
            f"is XML, but no {root} file: it begins with <{reader.root.name[:40]}>",
            where=where,
            mend="In Microsoft Project: File, Save As, XML Format (*.xml).",
        )
    return reader.root


def _refused(why: str, where: str) -> ConfigError:
    return ConfigError(f"was refused: {why}", where=where, mend="Ask whoever made it for a plain Save As XML file.")
