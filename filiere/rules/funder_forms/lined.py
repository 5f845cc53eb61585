"""YAML read with the line of each key, so that a fault says where it is."""

from dataclasses import dataclass
from typing import Any

import yaml

from filiere.rules.funder_forms.shape import FormFault

# The same reader, ten times faster, where the library was built with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

type_place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Lined:
    """The content of a file and the line of each of its places."""

    origin: str
    content: Any
    lines: dict[type_place, int]

    def fault(self, place: type_place, why: str) -> FormFault:
        """Make the fault of one place; the nearest known line above it is given."""
        known = place
        while known and known not in self.lines:
            known = known[:-1]
        key = ".".join(str(part) for part in place) or "(file)"
        return FormFault(self.origin, self.lines.get(known, 1), key, why)


def read_lined(text: str, origin: str) -> Lined:
    r"""Read a YAML text: plain values only, no key twice, no alias.

    Raises:
        FormFault: it is not YAML, a key comes twice, or a value is an alias or an object.

    >>> read_lined("a:\n  b: 1\n", "x.yaml").lines[("a", "b")]
    2
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[type_place, int] = {}
        if node is not None:
            _walk(node, (), lines, origin, set())
        content = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormFault(origin, line, "(file)", str(error.problem)) from None
    finally:
        loader.dispose()
    return Lined(origin, content, lines)


def _walk(
    node: yaml.Node, place: type_place, lines: dict[type_place, int], origin: str, seen: set[int]
) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if id(node) in seen:
        key = ".".join(map(str, place))
        raise FormFault(origin, lines[place], key, "an alias: write it in full")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            if here in lines:
                line = key.start_mark.line + 1
                raise FormFault(origin, line, ".".join(map(str, here)), "the key comes twice")
            lines[here] = key.start_mark.line + 1
            _walk(value, here, lines, origin, seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, one in enumerate(node.value):
            _walk(one, (*place, number), lines, origin, seen)
