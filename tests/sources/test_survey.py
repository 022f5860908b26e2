"""Survey files: ours at both levels, foreign ones by a profile; every mistake named."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.reference_data import reference
from ypo_dash.model.errors import InputError
from ypo_dash.sources.survey import age_group, read_survey
from ypo_dash.sources.survey_profile import load_survey_profile

AREAS = [str(n) for n in range(1, 6)]
HEAD = "area_id,year,sex,age,weight,unsafe,unsafe_night\n"


def write(tmp_path, text, name="survey.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def sums(frame, measure):
    rows = frame[frame["measure"] == measure]
    return {
        (r.area_id, r.year, r.sex, r.age): (r.n, r.hits, r.weight, r.weight2, r.weight_hits)
        for r in rows.itertuples()
    }


def test_respondents_become_sums(tmp_path):
    path = write(tmp_path, HEAD + "1,2012,f,24,2,1,1\n1,2012,Kvinde,16-29,1,0,\n01,2012,m,70,0.5,1,0\n2,2012,,,1,0,0\n")  # fmt: skip
    frame, note = read_survey(path, AREAS)
    assert "4 respondents in 2 areas" in note
    assert sums(frame, "unsafe") == {
        ("1", "2012", "f", "16-29"): (2, 1, 3, 5, 2),
        ("1", "2012", "m", "65+"): (1, 1, 0.5, 0.25, 0.5),
        ("2", "2012", "", ""): (1, 0, 1, 1, 0),
    }
    assert sums(frame, "unsafe_night")[("1", "2012", "f", "16-29")][0] == 1  # one gave no answer
    assert sums(frame, "answers")[("1", "2012", "f", "16-29")][0] == 2


def test_weights_with_three_decimals_are_decimals(tmp_path):
    path = write(tmp_path, HEAD + "1,2012,f,24,1.218,1,1\n1,2012,f,24,0.350,0,1\n")
    frame, _ = read_survey(path, AREAS)
    assert sums(frame, "unsafe")[("1", "2012", "f", "16-29")][2] == pytest.approx(1.568)


def test_a_respondents_file_may_number_its_rows(tmp_path):
    path = write(tmp_path, "n,area_id,year,sex,age,unsafe\n1,1,2012,f,24,1\n2,1,2012,f,24,TRUE\n")
    assert sums(read_survey(path, AREAS)[0], "unsafe")[("1", "2012", "f", "16-29")][:2] == (2, 2)


def test_aggregates_and_their_effective_number(tmp_path):
    path = write(tmp_path, "area_id;year;n;unsafe;unsafe_night;n_eff\n1;2012;200;20;40;160,5\n")
    frame, _ = read_survey(path, AREAS)
    n, hits, weight, weight2, weighted = sums(frame, "unsafe")[("1", "2012", "", "")]
    assert (n, hits, weight, weighted) == (200, 20, 200, 20)
    assert weight**2 / weight2 == pytest.approx(160.5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD, "no rows"),
        ("area_id,sex,unsafe\n1,f,0\n", "'year'"),
        (HEAD + "9,2012,f,24,1,0,0\n", "line 2, column 'area_id'"),
        (HEAD + "1,2012,f,24,1,0,0\n1,2012,q,24,1,0,0\n", "line 3, column 'sex'"),
        (HEAD + "1,2012,f,old,1,0,0\n", "line 2, column 'age'"),
        (HEAD + "1,2012,f,24,0,0,0\n", "line 2, column 'weight'"),
        (HEAD + "1,2012,f,24,-1,0,0\n", "line 2, column 'weight'"),
        (HEAD + f"1,2012,f,24,{'9' * 300},0,0\n", "line 2, column 'weight'"),
        (HEAD + "1,2012,f,²,1,0,0\n", "line 2, column 'age'"),
        (HEAD + "1,2012,f,24,1,0,0\n\n\n1,2012,f,24,1,2,0\n", "line 5, column 'unsafe'"),
        (HEAD + "1,2012,f,24,0,85,0,0\n", "more values than the header"),
        (HEAD + "1,2012,f\n", "line 2: the row has fewer values"),
        (HEAD.replace("unsafe_night", "unsafe") + "1,2012,f,24,1,0,0\n", "stands twice"),
        ("area_id,year,n,unsafe,unsafe_night,n_eff\n1,2012,100,1,3,5000\n", "n_eff"),
        ("", "the file is empty"),
        (HEAD + "1,2012,f,24,1,yes,0\n", "line 2, column 'unsafe'"),
        (HEAD + "1,12,f,24,1,0,0\n", "line 2, column 'year'"),
        ("area_id,year,n,unsafe,unsafe_night\n1,2012,10,11,3\n", "more answers of a kind"),
        ("area_id,year,n,unsafe,unsafe_night\n1,2012,10,1,3\n1,2012,10,1,3\n", "line 3"),
        ("area_id,year,n,unsafe,unsafe_night\n1,2012,10,1.5,3\n", "column 'unsafe'"),
    ],
)
def test_mistakes_are_named(tmp_path, text, says):
    with pytest.raises(InputError) as raised:
        read_survey(write(tmp_path, text), AREAS)
    assert says in str(raised.value)


@pytest.mark.parametrize(("text", "group"), [("16", "16-29"), ("29", "16-29"), ("30", "30-49"), ("65", "65+"), ("100", "65+"), ("15", ""), ("", ""), ("18-24 years", "18-24"), ("65+", "65+"), ("x", None), ("16.5", None), ("130", None)])  # fmt: skip
def test_age_groups(text, group):
    assert age_group(text, ("16-29", "30-49", "50-64", "65+")) == group


PROFILE = """
[columns]
area = "DISTRICT"
year = "=2018"
[areas]
A = "1"
B = "2"
[skip]
areas = ["Other"]
[measures.unsafe]
column = "Q1"
yes = [1, 2]
no = [3, 4, 5]
missing = ["9", ""]
"""


def test_a_foreign_file_by_a_profile(tmp_path):
    profile = load_survey_profile(write(tmp_path, PROFILE, "p.toml"))
    path = write(tmp_path, "DISTRICT,Q1\nA,1\nA,5\nA,9\nB,2\nOther,77\n")
    frame, note = read_survey(path, AREAS, profile)
    assert sums(frame, "unsafe") == {
        ("1", "2018", "", ""): (2, 1, 2, 2, 1),
        ("2", "2018", "", ""): (1, 1, 1, 1, 1),
    }
    assert sums(frame, "answers")[("1", "2018", "", "")][0] == 3
    assert "4 respondents" in note
    nothing = PROFILE.replace("[measures", "[aggregate]\nmeasure='M'\nn='n'\nshare='s'\n[measures")
    nothing = nothing[: nothing.index("column =")] + 'is = "7A"\n'
    profile_7a = load_survey_profile(write(tmp_path, nothing.replace("=2018", "Y"), "q.toml"))
    with pytest.raises(InputError, match="no row"):
        read_survey(write(tmp_path, "DISTRICT,Y,M,n,s\nA,2018,7a,100,50\n"), AREAS, profile_7a)
    with pytest.raises(InputError, match=r"line 3, column 'Q1'.*Known are"):
        read_survey(write(tmp_path, "DISTRICT,Q1\nA,1\nB,6\n"), AREAS, profile)
    with pytest.raises(InputError, match=r"line 3.*skip"):
        read_survey(write(tmp_path, "DISTRICT,Q1\nA,1\nC,1\n"), AREAS, profile)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[columns]", "[columms]", "columms"),
        ('area = "DISTRICT"', "", "'columns.area'"),
        ("[measures.unsafe]", "[measures.happy]", "measures.happy"),
        ("yes = [1, 2]", "", "measures.unsafe.yes"),
        ("yes = [1, 2]", "yess = [1, 2]", "yess"),
        ("[areas]", "[areas", "not a TOML"),
        ("[skip]", "[aggregate]\nmeasure='x'\n[skip]", "aggregate.n"),
        ("yes = [1, 2]", "yes = 1", "not a list"),
        ("yes = [1, 2]", "yes = []", "both yes and no"),
        ("yes = [1, 2]", "yes = [1, 3]", "two lists"),
        ('missing = ["9", ""]', "complement = 'true'", "not true or false"),
        ('areas = ["Other"]', 'areas = "Other"', "not a list"),
        ('areas = ["Other"]', 'groups = ["Other"]', "skip.groups"),
        ('A = "1"', 'A = ["1"]', "areas.A"),
        ("[measures.unsafe]", "[measures]", "measures.column"),
    ],
)
def test_mistakes_in_a_profile_are_named(tmp_path, old, new, says):
    with pytest.raises(InputError) as raised:
        load_survey_profile(write(tmp_path, PROFILE.replace(old, new), "p.toml"))
    assert says in str(raised.value)
    with pytest.raises(InputError, match="no such profile"):
        load_survey_profile(tmp_path / "none.toml")


MELBOURNE = """
[columns]
area = "RESPONDENT GROUP"
year = "YEAR"
[aggregate]
measure = "INDICATOR"
n = "SAMPLE SIZE"
share = "RESULT"
unit = "percent"
thousands = ","
[measures.unsafe]
is = "7a"
complement = true
[measures.unsafe_night]
is = "7b"
complement = true
[areas]
"Carlton 3053" = "1"
"Docklands 3008" = "2"
"East Melbourne 3002" = "3"
"Melbourne 3000" = "4"
"Parkville 3052" = "5"
[skip]
areas = ["City of Melbourne", "Kensington/ Flemingon 3031", "Kensington / Flemington 3031",
  "North Melbourne 3051 / West Melbourne 3003", "Southbank/ South Wharf 3006", "South Wharf / Southbank 3006",
  "South Yarra 3141 / Melbourne (St Kilda Road) 3004", "South Yarra 3141 / Melbourne/St Kilda Road 3004",
  "Male", "Female", "18-24 years", "25-34 years", "35-44 years", "45-54 years", "55-64 years", "65+ years",
  "18-24", "25-34", "35-44", "45-54", "55-64", "65+"]
"""


@pytest.mark.reference
@pytest.mark.parametrize("year", [2018, 2019, 2020])
def test_melbourne(tmp_path, year):
    """City of Melbourne's shares with their sample sizes, against pandas on the raw file."""
    path = reference(f"survey/melbourne_social_indicators_{year}.csv")
    profile = load_survey_profile(write(tmp_path, MELBOURNE, "p.toml"))
    frame, _ = read_survey(path, AREAS, profile)
    raw = pd.read_csv(path, dtype=str)
    raw.columns = [c.strip("\ufeff") for c in raw.columns]
    names = profile.areas
    for word, measure in (("7a", "unsafe"), ("7b", "unsafe_night")):
        rows = raw[(raw["INDICATOR"] == word) & raw["RESPONDENT GROUP"].isin(names)]
        found = sums(frame, measure)
        assert len(rows) == len(found) == 5
        for row in rows.to_dict("records"):
            n, _, weight, _, hits = found[(names[row["RESPONDENT GROUP"]], str(year), "", "")]
            assert n == weight == int(row["SAMPLE SIZE"].replace(",", ""))
            assert 1 - hits / n == pytest.approx(float(row["RESULT"]) / 100, abs=1e-9)


@pytest.mark.reference
def test_raleigh(tmp_path):
    """Raleigh's 1,010 respondents by council district, against pandas on the raw file."""
    path = reference("survey/raleigh_2018_community_survey_safety_items.csv")
    columns = pd.read_csv(path, nrows=0).columns
    day, night = (next(c for c in columns if c.startswith(f"In_your_neighborhood_{t}")) for t in ("during_the_day", "at_night"))  # fmt: skip
    text = PROFILE.replace("Q1", day).replace('A = "1"\nB = "2"', 'A = "1"\nB = "2"\nC = "3"\nD = "4"\nE = "5"')  # fmt: skip
    text += f'[measures.unsafe_night]\ncolumn = "{night}"\nyes = [1, 2]\nno = [3, 4, 5]\nmissing = [9, ""]\n'  # fmt: skip
    frame, note = read_survey(path, AREAS, load_survey_profile(write(tmp_path, text, "p.toml")))
    assert note.startswith("1010 respondents in 5 areas")
    raw = pd.read_csv(path)
    for measure, column in (("unsafe", day), ("unsafe_night", night)):
        known = raw[raw[column].isin([1, 2, 3, 4, 5])]
        expected = known.groupby("DISTRICT")[column].agg(["size", lambda c: (c <= 2).sum()])
        found = sums(frame, measure)
        for at, district in enumerate("ABCDE"):
            n, hits = found[(str(at + 1), "2018", "", "")][:2]
            assert (n, hits) == tuple(expected.loc[district])
