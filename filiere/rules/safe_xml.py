"""XML that came from elsewhere, read without trusting it.

Pure: bytes in, a tree out. A document type or an entity is refused as soon as it is met, so that a
file can neither open another one nor swell in memory.
"""

from typing import Never
from xml.etree.ElementTree import Element, TreeBuilder  # built by expat below, nothing resolved
from xml.parsers import expat


class UnsafeXml(ValueError):
    """A document type, an entity or a reference to something outside."""


class NotXml(ValueError):
    """Not well-formed; the text is the parser's, technical, in English."""


def parse(content: bytes) -> Element:
    """Build the tree; names of tags are ``{namespace}name``, as ``xml.etree`` writes them.

    Raises:
        UnsafeXml, NotXml: see above.

    >>> parse(b'<a xmlns="urn:x">1</a>').tag
    '{urn:x}a'
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_seen: object) -> Never:
        raise UnsafeXml("a DTD or an entity is not accepted")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = lambda tag, attrs: builder.start(_name(tag), dict(attrs))
    parser.EndElementHandler = lambda tag: builder.end(_name(tag))
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError) as error:  # an encoding nobody knows is a LookupError
        raise NotXml(str(error)) from error
    return builder.close()


def _name(tag: str) -> str:
    return f"{{{tag}" if "}" in tag else tag
