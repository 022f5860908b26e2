from __future__ import annotations

import csv
import io
import random

import pytest

from ypo_dash.sources.lines import split_records, unclosed


def records(text: str, *, final: bool = True, delimiter: str = ",") -> list[tuple[str, int, int]]:
    """Text, fields (0: broken) and line breaks of each record."""
    block = text.encode()
    found = split_records(block, ord(delimiter), final=final)
    spans = zip(found.starts, found.ends, found.fields, found.newlines, found.broken, strict=True)
    return [
        (block[a:b].decode(), 0 if broken else int(n), int(breaks))
        for a, b, n, breaks, broken in spans
    ]


def test_plain_lines() -> None:
    assert records("a,b\nc\n") == [("a,b\n", 2, 1), ("c\n", 1, 1)]
    assert records("a,b\nc") == [("a,b\n", 2, 1), ("c", 1, 0)]
    assert records("") == []


def test_quotes_hold_delimiters_and_line_breaks() -> None:
    assert records('"a,b",c\n"d\ne",f\n') == [('"a,b",c\n', 2, 1), ('"d\ne",f\n', 2, 2)]
    assert records('"say ""no"", he said",x\n') == [('"say ""no"", he said",x\n', 2, 1)]
    assert records('"",""\n') == [('"",""\n', 2, 1)]


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break(sign: str) -> None:
    text = f'a,b{sign}"c{sign}d",e{sign}'
    assert [(n, breaks) for _, n, breaks in records(text)] == [(2, 1), (2, 2)]


def test_an_open_record_is_left_for_the_next_block() -> None:
    assert records('a,b\nc,"d\n', final=False) == [("a,b\n", 2, 1)]
    assert records("a,b\nc,d", final=False) == [("a,b\n", 2, 1)]
    assert records("a,b\r", final=False) == []


def test_a_stray_quote_in_a_plain_field_means_itself() -> None:
    text = 'a,5" pipe,b\n"c,c",d,e\n'
    assert records(text) == [('a,5" pipe,b\n', 3, 1), ('"c,c",d,e\n', 3, 1)]


def test_a_line_with_a_misplaced_quote_is_broken_and_the_next_is_not() -> None:
    text = 'a,"b" c,d\n"e,e",f,g\nh,i,j\n'
    assert [n for _, n, _ in records(text)] == [0, 3, 3]
    text = 'a,"b,c\nd,"e",f\ng,h,i\n'
    assert [(t, n) for t, n, _ in records(text)][-1] == ("g,h,i\n", 3)


def test_a_quote_that_never_closes_is_told() -> None:
    block = b'a,b\nc,"d\ne,f\n'
    found = split_records(block, ord(","), final=True)
    first = int(found.starts[found.broken][0])
    assert unclosed(block, ord(","), first)
    assert not unclosed(b'a,"b" c\nd\n', ord(","))


def test_blocks_cut_anywhere_give_the_same_records() -> None:
    text = 'a,b\n"c\nc",d\n\n5" x,"e ""f"""\r\ng,h\ri,"j,k"\n'
    whole = records(text)
    for cut in range(1, len(text)):
        first = split_records(text[:cut].encode(), ord(","), final=False)
        rest = records(text[first.used :])
        assert len(first.ends) + len(rest) == len(whole), cut


def test_random_tables_split_as_the_csv_module_does() -> None:
    rng = random.Random(1)
    for _ in range(300):
        rows = [
            ["".join(rng.choices('ab,"\n ', k=rng.randrange(5))) for _ in range(3)]
            for _ in range(rng.randrange(1, 6))
        ]
        out = io.StringIO()
        csv.writer(out, lineterminator=rng.choice(["\n", "\r\n"])).writerows(rows)
        text = out.getvalue()
        found = records(text)
        assert len(found) == len(rows), text
        assert {n for _, n, _ in found} == {3}, text
        assert sum(b for *_, b in found) == text.count("\n")
