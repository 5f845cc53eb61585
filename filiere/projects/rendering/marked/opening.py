"""Opening a document that came from elsewhere: bounded, without trusting it, running nothing.

A DOCX or XLSX file is a zip of XML parts. It is read whole within limits or refused; every XML
part is judged before a single character is used.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from filiere.projects.rendering.marked.errors import (
    TemplateTooLarge,
    TemplateUnreadable,
    TemplateUnsafe,
)
from filiere.rules import safe_xml

MEGABYTES = 10
MAX_BYTES = MEGABYTES * 1024 * 1024
MAX_OPENED = 3 * MAX_BYTES
MAX_PARTS = 2_000
MAIN_TYPES = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
}
# Whatever a part is called, what begins like XML is judged as XML: the program that opens it goes by
# its declared type. The last two are other encodings, which are refused.
XML_ENDINGS = (".xml", ".rels", ".vml")
XML_BEGINNINGS = (b"<", b"\xef\xbb\xbf", b" ", b"\t", b"\r", b"\n", b"\xff\xfe", b"\xfe\xff")
# Parts that run, fetch, or hide a file.
UNSAFE_PARTS = re.compile(
    r"vbaproject|activex|/embeddings/|externallinks/|querytables/|connections\.xml$|macrosheets/"
    r"|dialogsheets/|webextensions/|customui|afchunk|\.(bin|exe|dll|js|vbs|ole)$",
    re.IGNORECASE,
)
SAFE_BINARY = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
UNSAFE_RELATIONS = ("/oleobject", "/attachedtemplate", "/afchunk", "/vbaproject", "/externallink",
                    "/control", "/frame", "/subdocument", "/package")  # fmt: skip
SAFE_SCHEMES = {"http", "https", "mailto", ""}
ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")
# Fields of Word that only tell a page, a date or a place in the text.
SAFE_FIELDS = {
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "DATE", "TIME", "CREATEDATE", "SAVEDATE",
    "PRINTDATE", "TITLE", "AUTHOR", "SUBJECT", "KEYWORDS", "FILENAME", "DOCPROPERTY", "NUMWORDS",
    "HYPERLINK", "REF", "PAGEREF", "NOTEREF", "STYLEREF", "TOC", "TC", "XE", "INDEX", "SEQ",
    "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "MERGEFIELD", "SYMBOL", "=", "",
}  # fmt: skip
UNSAFE_FORMULA = re.compile(
    r"\||\[\d+\]|\b(WEBSERVICE|CALL|REGISTER|REGISTER\.ID|RTD|IMAGE|EXEC|SQL\.REQUEST)\s*\(",
    re.IGNORECASE,
)
AUTO_NAME = re.compile(r"auto_?(open|close|activate)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """A template that was judged. ``parts``: name and content, in the order of the file."""

    name: str
    kind: str
    parts: tuple[tuple[str, bytes], ...]


def open_template(content: bytes, *, name: str) -> Opened:
    """Open a document within limits and refuse what could run or fetch.

    Args:
        name: of the file, for messages only.

    Raises:
        TemplateTooLarge, TemplateUnreadable, TemplateUnsafe: nothing of it was used.
    """
    if len(content) > MAX_BYTES:
        raise TemplateTooLarge(name=name, megabytes=MEGABYTES)
    try:
        parts = _parts(content, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        raise TemplateUnreadable(name=name) from None
    kind = _kind(dict(parts), name)
    for part, held in parts:
        if UNSAFE_PARTS.search(f"/{part}") and not SAFE_BINARY.search(part):
            raise TemplateUnsafe(name=name, found=part)
        if part.lower().endswith(XML_ENDINGS) or held.startswith(XML_BEGINNINGS):
            found = _unsafe(_tree(held, name), part, kind)
            if found:
                raise TemplateUnsafe(name=name, found=found)
    return Opened(name, kind, parts)


def _parts(content: bytes, name: str) -> tuple[tuple[str, bytes], ...]:
    """Read every part, never further than the limit, whatever the file says of its size."""
    found: dict[str, bytes] = {}
    left = MAX_OPENED
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        listed = zipped.infolist()
        if len(listed) > MAX_PARTS:
            raise TemplateTooLarge(name=name, megabytes=MEGABYTES)
        for info in listed:
            path = info.filename
            if path in found or path.startswith("/") or ".." in path or "\\" in path:
                raise TemplateUnreadable(name=name)
            with zipped.open(info) as stream:
                held = stream.read(left + 1)
            left -= len(held)
            if left < 0:
                raise TemplateTooLarge(name=name, megabytes=MEGABYTES)
            found[path] = held
    return tuple(found.items())


def _kind(parts: dict[str, bytes], name: str) -> str:
    """Tell which kind of document it says it is; one with macros says so."""
    types = _tree(parts.get("[Content_Types].xml", b""), name)
    for element in types.iter():
        declared = element.get("ContentType", "")
        if "macroEnabled" in declared or "vbaProject" in declared:
            raise TemplateUnsafe(name=name, found=declared.rpartition(".")[2])
    for element in types.iter():
        for ending, kind in MAIN_TYPES.items():
            if element.get("ContentType", "").endswith(ending):
                return kind
    raise TemplateUnreadable(name=name)


def _tree(held: bytes, name: str) -> Element:
    """Parse one part: UTF-8 only, so that what is judged is what is written back."""
    declared = ENCODING.match(held.removeprefix(b"\xef\xbb\xbf"))
    if len(held) > MAX_BYTES:
        raise TemplateTooLarge(name=name, megabytes=MEGABYTES)
    if b"\x00" in held or (declared and declared[1].lower() != b"utf-8"):
        raise TemplateUnreadable(name=name)
    try:
        held.decode("utf-8")
        return safe_xml.parse(held)
    except (UnicodeDecodeError, safe_xml.NotXml):
        raise TemplateUnreadable(name=name) from None
    except safe_xml.UnsafeXml:
        raise TemplateUnsafe(name=name, found="DTD") from None


def _unsafe(tree: Element, part: str, kind: str) -> str:
    """Name what could run or fetch in one part, wherever it lies; blank when nothing does."""
    if part.lower().endswith(".rels"):
        return next((found for one in tree if (found := _unsafe_relation(one))), "")
    if kind == "docx":
        return _unsafe_field(tree)
    for element in tree.iter():
        tag = _local(element)
        text = "".join(element.itertext()) if tag in ("f", "definedName", "formula") else ""
        if UNSAFE_FORMULA.search(text):
            return text[:40]
        if tag == "definedName" and AUTO_NAME.search(element.get("name", "")):
            return element.get("name", "")
    return ""


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _unsafe_relation(relation: Element) -> str:
    """Name a link to another file; a link that a person may follow is none."""
    kind, target = relation.get("Type", "").lower(), relation.get("Target", "")
    if kind.endswith(UNSAFE_RELATIONS):
        return kind.rpartition("/")[2]
    if relation.get("TargetMode", "").lower() != "external":
        return ""
    try:
        scheme = urlsplit(target).scheme
    except ValueError:
        return target[:60]
    if kind.endswith("/hyperlink") and scheme in SAFE_SCHEMES and not target.startswith("\\\\"):
        return ""
    return target[:60]


def _unsafe_field(tree: Element) -> str:
    """Name a field of Word that fetches or runs; one inside another's code is never accepted."""
    codes: list[str | None] = []  # code of each field that is open, None once its result began
    for element in tree.iter():
        tag, attributes = _local(element), {key.rpartition("}")[2]: v for key, v in element.items()}
        if tag == "fldSimple" and not _is_safe_code(attributes.get("instr", "")):
            return attributes["instr"][:40]
        if tag == "instrText" and codes and codes[-1] is not None:
            codes[-1] += element.text or ""
        if tag != "fldChar":
            continue
        step = attributes.get("fldCharType")
        if step == "begin":
            if codes and codes[-1] is not None:
                return "{ { } }"
            codes.append("")
        elif codes:
            code = codes.pop()
            if code is not None and not _is_safe_code(code):
                return code.strip()[:40]
            if step == "separate":
                codes.append(None)
    return next((code for code in codes if code and not _is_safe_code(code)), "")


def _is_safe_code(code: str) -> bool:
    words = code.split()
    first = words[0].upper() if words else ""
    return first in SAFE_FIELDS or first.startswith("=")
