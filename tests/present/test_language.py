"""A language is a file: the same keys and figures in each, its own plural forms, nothing of another language left."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest

from present.test_forms import facts, made
from sightline.errors import ConfigError, ContractError
from sightline.model.figures import Unknown
from sightline.model.money import Money
from sightline.present.documents.blocks import blocks_of
from sightline.present.language import PLACE, Said, language, languages
from sightline.present.report import page

FILES = [language(code) for code in languages()]


def forms(text):
    return list(text.values()) if isinstance(text, dict) else [text]


def test_every_language_has_every_sentence_with_the_same_figures():
    english = language("en")
    for other in FILES:
        assert set(other.sentences) == set(english.sentences)
        for key, text in english.sentences.items():
            names = [set(PLACE.findall(form)) for form in (*forms(text), *forms(other.sentences[key]))]
            assert all(one == names[0] for one in names), key


@pytest.mark.parametrize("tongue", FILES, ids=lambda one: one.code)
def test_every_plural_form_of_a_language_is_there(tongue):
    needed = {tongue.locale.plural_form(n) for n in range(200)}
    lacking = {key for key, text in tongue.sentences.items() if isinstance(text, dict) and needed - set(text)}

    assert lacking == set()


@pytest.mark.parametrize(
    ("code", "money", "day", "moment", "hours"),
    [
        ("en", "£1,234.50", "2 November 2026", "2 Nov 2026, 09:00 GMT", "1,316.6 h"),
        ("de", "1.234,50\u00a0£", "2. November 2026", "2. Nov. 2026, 09:00 GMT", "1.316,6 h"),
        ("de-CH", "£\u00a01’234.50", "2. November 2026", "2. Nov. 2026, 09:00 GMT", "1’316.6 h"),
    ],
)
def test_values_are_written_as_readers_of_the_language_write_them(code, money, day, moment, hours):
    tongue = language(code, "Europe/London")
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)

    assert tongue.money(Money.of("1234.5", "GBP")) == money
    assert (tongue.day(at.date()), tongue.moment(at), tongue.hours(Decimal("1316.55"))) == (day, moment, hours)


def test_currencies_keep_their_own_decimals_and_unknown_is_said():
    tongue = language("en")

    assert (tongue.money(Money.of(9000, "JPY")), tongue.money(Money.of("1.5", "KWD"))) == ("JP¥9,000", "KWD\u00a01.500")
    assert tongue.money(Unknown(why="x")) == "not known"


def test_counts_are_words_up_to_twelve_and_agree_with_their_noun():
    english, german = language("en"), language("de")

    assert english.text("in_short.waiting", 1) == "One item waits for you."
    assert english.text("in_short.waiting", 13) == "13 items wait for you."
    assert german.text("in_short.late", 1) == "Ein Punkt ist später als geplant."
    assert german.text("in_short.late", 2) == "Zwei Punkte sind später als geplant."


def test_a_german_report_has_no_english_word():
    said = "\n".join(
        block.text + " ".join(cell.text for row in block.rows for cell in row)
        for block in blocks_of(page(made(german())))
    )
    english = re.findall(r"\b(?:the|is|are|and|of|due|done|open|paid|report|hours|item|not|for)\b", said, re.IGNORECASE)

    assert english == []
    assert "26 % sind erledigt; geplant waren bis heute 32 %." in said


def german():
    from msgspec import structs

    return structs.replace(facts(title="Formular"), language="de")


def test_an_unknown_language_names_those_there_are():
    with pytest.raises(ConfigError, match="there is no language 'tlh'") as caught:
        language("tlh")
    with pytest.raises(ConfigError, match="there is no language"):
        language("../de")

    assert "de, en" in caught.value.mend


def test_a_sentence_that_no_file_has_is_an_error_of_ours():
    with pytest.raises(ContractError, match=r"no sentence 'x\.y'"):
        language("en").text("x.y")


def test_figures_are_never_searched_for_names_and_names_that_meet_get_numbers():
    said = Said.joined([Said("{a} one", {"a": "{b}"}), Said("{a} two {b}", {"a": "2", "b": "{a}"})])

    assert said.words == "{a} one {a_2} two {b}"
    assert said.text() == "{b} one 2 two {a}"
