"""XML from elsewhere: read as written, and never trusted."""

import pytest

from filiere.rules.safe_xml import NotXml, UnsafeXml, parse

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<lolz>&lol2;</lolz>"""

OUTSIDE_FILE = b"""<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/hostname">]><a>&secret;</a>"""


def test_names_carry_their_namespace_and_text_its_accents():
    tree = parse('<a xmlns="urn:x"><b c="1">où</b><d xmlns=""/></a>'.encode())

    assert tree.tag == "{urn:x}a"
    assert [(child.tag, child.text, child.attrib) for child in tree] == [
        ("{urn:x}b", "où", {"c": "1"}),
        ("d", None, {}),
    ]


def test_an_encoding_said_in_the_heading_is_followed():
    assert (
        parse('<?xml version="1.0" encoding="ISO-8859-1"?><a>été</a>'.encode("latin-1")).text
        == "été"
    )


@pytest.mark.parametrize("content", [BILLION_LAUGHS, OUTSIDE_FILE, b"<!DOCTYPE a><a/>"])
def test_a_document_type_is_refused_before_anything_is_resolved(content):
    with pytest.raises(UnsafeXml):
        parse(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"IBAN;amount\n",
        b"<a><b></a>",
        b"<a/><b/>",
        b'<?xml version="1.0" encoding="klingon"?><a/>',
    ],
)
def test_what_is_not_xml_says_so(content):
    with pytest.raises(NotXml):
        parse(content)
