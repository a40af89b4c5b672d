"""Documents and wiki strings as plain text, however odd."""

from __future__ import annotations

from sightline_jira.texts import TEXT_LIMIT, first_line, plain


def doc(*content):
    return {"type": "doc", "version": 1, "content": list(content)}


def text(words):
    return {"type": "text", "text": words}


def paragraph(*content):
    return {"type": "paragraph", "content": list(content)}


def test_paragraphs_are_lines_and_inline_nodes_say_what_they_show():
    found = plain(
        doc(
            paragraph(text("Ask "), {"type": "mention", "attrs": {"id": "5b1", "text": "@Mia"}}, {"type": "hardBreak"}),
            paragraph(text("by "), {"type": "date", "attrs": {"timestamp": "1795338067123"}}),
            paragraph({"type": "emoji", "attrs": {"shortName": ":fire:", "text": "🔥"}}),
            paragraph({"type": "inlineCard", "attrs": {"url": "https://acme.example/1"}}),
            paragraph({"type": "status", "attrs": {"text": "LATE", "color": "red"}}),
        )
    )

    assert found == "Ask @Mia\nby 2026-11-22\n🔥\nhttps://acme.example/1\nLATE"


def test_lists_and_tables_keep_their_rows():
    item = {"type": "listItem", "content": [paragraph(text("one"))]}
    cells = [{"type": "tableCell", "content": [text(word)]} for word in ("a", "b")]
    found = plain(doc({"type": "bulletList", "content": [item, item]}, {"type": "tableRow", "content": cells}))

    assert found == "- one\n- one\na | b |"


def test_the_text_of_an_unknown_node_is_kept():
    assert plain(doc({"type": "hologram", "content": [text("inside")], "attrs": {"text": 7}})) == "inside"


def test_no_description_is_none_and_a_wiki_string_stays_as_it_is():
    assert (plain(None), plain(""), plain(doc())) == (None, None, None)
    assert plain("h2. Why\n* expiry on *2026-12-01*") == "h2. Why\n* expiry on *2026-12-01*"


def test_ten_thousand_levels_of_nesting_are_read_without_recursion():
    node = text("deep")
    for _ in range(10_000):
        node = {"type": "blockquote", "content": [node]}

    assert plain(doc(node)) == "deep"


def test_a_text_of_ten_megabytes_is_cut():
    assert len(plain("x" * 10_000_000)) == TEXT_LIMIT
    assert len(plain(doc(*[paragraph(text("y" * 1000))] * 10_000))) == TEXT_LIMIT


def test_hostile_nodes_do_not_stop_the_rest():
    broken = [
        None,
        7,
        [],
        {"type": None},
        {"type": "paragraph", "content": "text"},
        {"type": "date", "attrs": {"timestamp": "x"}},
    ]

    assert plain(doc(*broken, paragraph(text("still here")))) == "still here"


def test_a_title_is_the_first_line_with_words_in_it():
    assert first_line("\n  \n Hello \nworld", otherwise="comment") == "Hello"
    assert first_line(None, otherwise="comment") == "comment"
    assert len(first_line("x" * 500, otherwise="")) == 120
