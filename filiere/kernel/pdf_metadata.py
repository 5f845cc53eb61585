"""What a PDF file says of itself (XMP), completed after it was drawn.

The file is not rewritten: a new version of its metadata is appended, as ISO 32000-1 § 7.5.6 allows,
so that everything already drawn stays byte for byte.
"""

import re

METADATA = re.compile(rb"/Metadata (\d+) 0 R")
TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", re.DOTALL)
OBJECT = re.compile(rb"\s*<<([^>]*)>>\s*stream\n")
END_OF_SCHEMAS, END_OF_FACTS = b"</rdf:Bag></pdfaExtension:schemas>", b"</rdf:RDF>"


class MetadataUnknown(ValueError):
    """The file is not one of ours: its metadata is not where Typst writes it."""


def with_metadata(content: bytes, *, schema: str, facts: str) -> bytes:
    """Add facts to the metadata of a PDF/A file drawn by ``compile_pdf``.

    Args:
        schema: one ``rdf:li`` that describes the facts' names, as PDF/A asks of names of one's own.
        facts: one ``rdf:Description``.

    Raises:
        MetadataUnknown: the file has no metadata that can be completed.
    """
    end, named = (
        TRAILER.search(content, max(0, content.rfind(b"trailer"))),
        METADATA.search(content),
    )
    if end is None or named is None:
        raise MetadataUnknown("no metadata")
    number = named.group(1)
    told = _stream(content, number)
    if END_OF_SCHEMAS not in told or END_OF_FACTS not in told:
        raise MetadataUnknown("no extension schema")
    told = told.replace(END_OF_SCHEMAS, schema.encode() + END_OF_SCHEMAS, 1)
    told = told.replace(END_OF_FACTS, facts.encode() + END_OF_FACTS, 1)
    before = content if content.endswith(b"\n") else content + b"\n"
    written = b"%s 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%s\nendstream\nendobj\n"
    added = written % (number, len(told), told)
    table = b"xref\n%s 1\n%010d 00000 n\r\ntrailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        number,
        len(before),
        end.group(1),
        end.group(2),
        len(before) + len(added),
    )
    return before + added + table


def _stream(content: bytes, number: bytes) -> bytes:
    """The metadata as it was drawn: PDF/A forbids to compress it."""
    named = b"\n%s 0 obj" % number
    begins = content.find(named)  # far faster than a regular expression over the whole file
    head = OBJECT.match(content, begins + len(named)) if begins >= 0 else None
    length = re.search(rb"/Length (\d+)", head.group(1)) if head else None
    if head is None or length is None:
        raise MetadataUnknown("no stream")
    return content[head.end() : head.end() + int(length.group(1))]
