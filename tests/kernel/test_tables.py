import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.kernel import tables
from filiere.kernel.tables import Row, read_table, write_table


def read(content):
    return read_table(io.BytesIO(content), name="f")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_read_table_reads_any_delimiter(delimiter):
    table = read(delimiter.join("abc").encode() + b"\n" + delimiter.join("123").encode())
    assert (table.header, table.rows) == (
        ("a", "b", "c"),
        (Row(2, {"a": "1", "b": "2", "c": "3"}),),
    )


def test_read_table_reads_a_byte_order_mark_and_gzip():
    assert read(gzip.compress(b"\xef\xbb\xbfid,nom\n1,\xc3\x89vry\n")).rows[0].cells == {
        "id": "1",
        "nom": "Évry",
    }


def test_read_table_numbers_lines_across_multiline_cells_and_blanks():
    table = read(b'a,b\n1,"x\ny"\n\n2,z\n')
    assert [row.line for row in table.rows] == [2, 5]


def test_read_table_hands_over_a_line_of_the_wrong_length():
    assert [row.fault for row in read(b"a,b\n1\n1,2,3\n1,2\n").rows] == [
        "cell_count", "cell_count", "",
    ]  # fmt: skip


def test_read_table_reads_json_lists_and_wrapped_lists():
    rows = [{"a": 1}, {"b": [2]}]
    assert read(json.dumps(rows).encode()).header == ("a", "b")
    assert read(json.dumps({"n": 2, "data": rows}).encode()).rows[1].cells == {"b": [2]}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", tables.TableEmpty),
        (b"  \n ", tables.TableEmpty),
        (b"a,b\n", tables.TableEmpty),
        (b"[]", tables.TableEmpty),
        (b"PK\x03\x04rest", tables.TableNotText),
        (b"\x1f\x8bnot gzip", tables.TableNotText),
        (b"a,b\n\x00,1\n", tables.TableNotText),
        ("a,b\n1,é\n".encode("latin-1"), tables.TableNotUtf8),
        (b'a,b\n1,"open\n', tables.TableBroken),
        (b"a,a\n1,2\n", tables.TableBroken),
        (b'[{"a": 1', tables.TableBroken),
        (b"[1, 2]", tables.TableBroken),
        (b"[" * 100_000, tables.TableRefused),
    ],
)
def test_read_table_refuses(content, error):
    with pytest.raises(error):
        read(content)


def test_read_table_names_the_line_of_a_wrong_accent():
    with pytest.raises(tables.TableNotUtf8) as refusal:
        read("a,b\n1,2\n3,é\n".encode("cp1252"))
    assert refusal.value.parameters["line"] == 3


def test_read_table_refuses_a_file_that_grows_too_large(monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 1000)
    with pytest.raises(tables.TableTooLarge):
        read(gzip.compress(b"a,b\n" + b"1,2\n" * 1000))


def written(*cells):
    stream = io.StringIO(newline="")
    columns = [f"c{rank}" for rank in range(len(cells))]
    assert write_table(stream, columns, [dict(zip(columns, cells, strict=True))]) == 1
    return stream.getvalue()


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-x"]
)
def test_attack_46_write_table_lets_no_spreadsheet_run_a_cell(cell):
    text = written("a", cell)

    assert text.split("\r\n", 1)[1].startswith(("a,'", "a,\"'"))
    assert list(read(text.encode()).rows[0].cells.values()) == ["a", cell]


@pytest.mark.parametrize("cell", ["+33536490012", "+33 5 36 49 00 12", "-1.2345", "12", "a=b", ""])
def test_write_table_leaves_numbers_and_telephones_as_they_are(cell):
    assert written("a", cell) == f"c0,c1\r\na,{cell}\r\n"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
def test_write_table_then_read_table_gives_the_cell_back(cell):
    text = written("a", cell)

    assert read(text.encode()).rows[0].cells["c1"] == cell
