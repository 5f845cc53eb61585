"""What an archive file must be (PDF/A-3, ISO 19005-3), as far as reading it back can tell.

No validator of PDF/A is published for Python: the reference one is a Java program. This reads the
rules that a change of ours could break; each is named by the clause that states it.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA_ID = "{http://www.aiim.org/pdfa/ns/id/}"
PDFA_SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
PDFA_PROPERTY = "{http://www.aiim.org/pdfa/ns/property#}"
FORBIDDEN_ACTIONS = {
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState",
    "/Rendition", "/Trans", "/GoTo3DView", "/JavaScript",
}  # fmt: skip


class Archive:
    """One file, opened: its catalogue, all its objects, its metadata."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.reader = pypdf.PdfReader(io.BytesIO(content))
        self.root: Any = self.reader.trailer["/Root"]
        self.metadata: Any = self.root["/Metadata"]
        self.told = ElementTree.fromstring(self.metadata.get_data())
        self.objects = list(self._walk(self.reader.trailer, set()))

    def _walk(self, found: Any, seen: set[int]) -> Iterator[DictionaryObject]:
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                return
            seen.add(found.idnum)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            for value in found.values():
                yield from self._walk(value, seen)
        elif isinstance(found, ArrayObject):
            for value in found:
                yield from self._walk(value, seen)

    def fact(self, name: str) -> list[str]:
        """Values of one name in the metadata, written as an attribute or as an element."""
        found = [one.text or "" for one in self.told.iter(name)]
        return found + [
            one.attrib[name] for one in self.told.iter(f"{RDF}Description") if name in one.attrib
        ]


def _header(file: Archive) -> bool:
    first, second = file.content.split(b"\n")[:2]
    bytes_above = second[1:5]
    return bool(re.fullmatch(rb"%PDF-1\.[0-7]", first.strip())) and (
        second[:1] == b"%" and len(bytes_above) == 4 and min(bytes_above) > 127
    )


def _trailer(file: Archive) -> bool:
    return "/ID" in file.reader.trailer and "/Encrypt" not in file.reader.trailer


def _streams(file: Archive) -> bool:
    streams = [one for one in file.objects if isinstance(one, StreamObject)]
    return all(
        not {"/F", "/FFilter", "/FDecodeParms"} & set(one)
        and "LZWDecode" not in str(one.get("/Filter"))
        for one in streams
    )


def _output_intent(file: Archive) -> bool:
    intents = [one.get_object() for one in file.root["/OutputIntents"]]
    (archived,) = [one for one in intents if one["/S"] == "/GTS_PDFA1"]
    profile = archived["/DestOutputProfile"]
    # A colour profile says what it is at its 36th byte, and how long it is at its start.
    written = profile.get_data()
    return (
        written[36:40] == b"acsp"
        and int.from_bytes(written[:4], "big") == len(written)
        and profile["/N"] in (1, 3, 4)
    )


def _fonts(file: Archive) -> bool:
    described = [one for one in file.objects if one.get("/Type") == "/FontDescriptor"]
    return bool(described) and all(
        {"/FontFile", "/FontFile2", "/FontFile3"} & set(one) for one in described
    )


def _unicode(file: Archive) -> bool:
    composite = [one for one in file.objects if one.get("/Subtype") == "/Type0"]
    return bool(composite) and all("/ToUnicode" in one for one in composite)


def _forms(file: Archive) -> bool:
    form: Any = file.root.get("/AcroForm", {})
    return "/XFA" not in form and "/NeedAppearances" not in form


def _actions(file: Archive) -> bool:
    actions = {str(one.get("/S")) for one in file.objects}
    return not actions & FORBIDDEN_ACTIONS and not any("/JS" in one for one in file.objects)


def _triggers(file: Archive) -> bool:
    names: Any = file.root.get("/Names", {})
    return "/JavaScript" not in names and not any("/AA" in one for one in file.objects)


def _metadata_in_clear(file: Archive) -> bool:
    return "/Filter" not in file.metadata and file.metadata["/Subtype"] == "/XML"


def _extension_schema(file: Archive) -> bool:
    """Every name of our own is described: prefix, address, and each property."""
    described = {
        one.findtext(f"{PDFA_SCHEMA}prefix"): {
            each.text for each in one.iter(f"{PDFA_PROPERTY}name")
        }
        for one in file.told.iter(f"{RDF}li")
        if one.find(f"{PDFA_SCHEMA}prefix") is not None
    }
    space = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
    used = {one.tag.split("}")[1] for one in file.told.iter() if space in one.tag}
    return bool(used) and used == described.get("fx", set())


def _identified(file: Archive) -> bool:
    return file.fact(f"{PDFA_ID}part") == ["3"] and file.fact(f"{PDFA_ID}conformance")[0] in "ABU"


def _embedded(file: Archive) -> bool:
    specifications = [one for one in file.objects if one.get("/EF") is not None]
    return bool(specifications) and all(
        {"/F", "/UF", "/AFRelationship"} <= set(one)
        and one["/EF"]["/F"].get("/Subtype") == "/text/xml"
        and "/ModDate" in one["/EF"]["/F"]["/Params"]
        for one in specifications
    )


def _associated(file: Archive) -> bool:
    """Each embedded file is associated with the document, or with a part of it."""
    associated = {one.get_object()["/UF"] for one in file.root["/AF"]}
    found = {one["/UF"] for one in file.objects if one.get("/EF") is not None}
    return found <= associated


def _marked(file: Archive) -> bool:
    return bool(file.root["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in file.root


RULES: dict[str, Callable[[Archive], bool]] = {
    "6.1.2 the header says the version, then four bytes above 127": _header,
    "6.1.3 the file is identified and not encrypted": _trailer,
    "6.1.7 no content outside the file, no LZW": _streams,
    "6.2.3 one colour profile for the whole file": _output_intent,
    "6.2.11.4 every font is embedded": _fonts,
    "6.2.11.7 every character has its text": _unicode,
    "6.4 no form asks for a program": _forms,
    "6.5.1 no action of the forbidden kinds": _actions,
    "6.5.2 nothing is done by itself": _triggers,
    "6.6.2.1 the metadata can be read without a program": _metadata_in_clear,
    "6.6.2.3 names of our own are described": _extension_schema,
    "6.6.4 the file says which archive it is": _identified,
    "6.7 the text has a structure": _marked,
    "6.8 embedded files say what they are": _embedded,
    "6.8 embedded files belong to the document": _associated,
}


def broken_archive_rules(content: bytes) -> list[str]:
    """Name the rules that a file does not keep."""
    file = Archive(content)
    return [name for name, holds in RULES.items() if not holds(file)]
