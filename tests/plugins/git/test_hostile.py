"""Repositories made by somebody who means harm, or by accident: nothing runs, nothing is lost, nobody else's row moves."""

from __future__ import annotations

import datetime as dt

import pytest

from sightline.sdk import Account, Activity, Scope

ANA = "Ana Silva <ana@example.org> 1793613600 +0000"


def commits(found):
    return {i: a for i, a in found.records(Activity).items() if a.kind in ("commit", "merge")}


PROGRAMS = (
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.askPass",
    "gpg.program",
    "gpg.ssh.program",
    "diff.external",
    "pager.log",
    "alias.log",
    "alias.rev-list",
    "credential.helper",
    "uploadpack.packObjectsHook",
)


def test_no_program_named_in_a_repositorys_configuration_runs(repo, read, tmp_path):
    repo.commit()
    signed = (
        f"author {ANA}\ncommitter {ANA}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----"
    )
    repo.raw_commit(signed, b"Signed")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for name in PROGRAMS:
        repo.git("config", name, f"!{trap}" if name.startswith(("alias", "credential")) else str(trap))
    repo.git("config", "log.showSignature", "true")
    repo.git("config", "core.hooksPath", str(tmp_path))
    repo.git("config", "format.pretty", "oneline")
    repo.git("config", "color.ui", "always")
    repo.git("config", "extensions.partialClone", "origin")
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "remote.origin.url", f"ext::{trap}")
    repo.git("config", "remote.origin.promisor", "true")
    missing = f"parent {'1' * 40}\nauthor {ANA}\ncommitter {ANA}"
    repo.raw_commit(missing, b"Its parent must be fetched", ref="refs/heads/lazy")

    repo.git("-c", "alias.log=", "log", "-1", "main")
    assert (tmp_path / "sprung").exists(), "the trap does not work: git as people call it must spring it"
    (tmp_path / "sprung").unlink()

    found = read(repo)

    assert not (tmp_path / "sprung").exists()
    assert "commits of site: git log ended with code 128" in found.outcome.reasons[0]


def test_a_signed_commit_is_read_like_any_other(repo, read):
    signed = (
        f"author {ANA}\ncommitter {ANA}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----"
    )
    made = repo.raw_commit(signed, b"Signed")
    repo.git("config", "log.showSignature", "true")

    assert commits(read(repo))[made].title == "Signed"


@pytest.mark.parametrize(
    ("message", "title", "text"),
    [
        (b"\x1eabc\x1fdef\n\x1e" + b"0" * 40, "\x1eabc\x1fdef", "\x1e" + "0" * 40),
        (b"\x1b]0;owned\x07 red", "\x1b]0;owned\x07 red", None),
        (b"caf\xe9 \xff\xfe", "caf\ufffd \ufffd\ufffd", None),
        (b"", "(no message)", None),
        (b"\n\n  \n", "(no message)", None),
        (b"before\0after", "before", None),
        (b"one\r\ntwo\r\n", "one", "two"),
        ("🎨 \u202eevil".encode(), "🎨 \u202eevil", None),
        (b"x" * 1_000, "x" * 300, "x" * 700),
    ],
    ids=["separators", "escape", "not utf-8", "empty", "blank", "nul", "crlf", "emoji and override", "long title"],
)
def test_an_odd_message_stays_in_its_own_row(repo, read, message, title, text):
    first = repo.raw_commit(f"author {ANA}\ncommitter {ANA}", b"Before")
    odd = repo.raw_commit(f"parent {first}\nauthor {ANA}\ncommitter {ANA}", message)
    last = repo.raw_commit(f"parent {odd}\nauthor {ANA}\ncommitter {ANA}", b"After")

    found = commits(read(repo))

    assert set(found) == {first, odd, last}
    assert (found[odd].title, found[odd].text) == (title, text)
    assert (found[first].title, found[last].title) == ("Before", "After")


def test_a_message_of_ten_megabytes_is_cut_and_its_neighbours_are_whole(repo, read):
    first = repo.raw_commit(f"author {ANA}\ncommitter {ANA}", b"Before")
    huge = repo.raw_commit(f"parent {first}\nauthor {ANA}\ncommitter {ANA}", b"Huge\n\n" + b"WEB-1 " * 1_700_000)

    found = read(repo)

    assert found.outcome.counts.skipped == 0
    assert commits(found)[huge].title == "Huge"
    assert len(commits(found)[huge].text) == 20_000
    assert commits(found)[huge].keys == ("WEB-1",)
    assert commits(found)[first].title == "Before"


def test_a_line_break_smuggled_into_a_name_cannot_make_a_second_row(repo, read):
    # In UTF-7 `+AAo-` is a line break, and git converts from the encoding that the commit names.
    headers = f"author A+AAo-B <a@example.org> 1793613600 +0000\ncommitter {ANA}\nencoding UTF-7"
    made = repo.raw_commit(headers, b"Odd +AAA- end")

    found = read(repo)

    assert set(commits(found)) == {made}
    assert found.outcome.counts.skipped == 0


@pytest.mark.parametrize(
    ("author", "committer", "at", "flagged"),
    [
        ("4294967295", "1793613600", dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC), "2106-02-07"),
        ("-86400", "1793613600", dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC), "(unreadable)|1969-12-31|1970"),
        ("4294967295", "4294967295", dt.datetime(1970, 1, 1, tzinfo=dt.UTC), "2106-02-07"),
        ("99999999999999999999", "1793613600", dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC), "cannot be true"),
        ("1793527200", "1793613600", dt.datetime(2026, 11, 1, 10, tzinfo=dt.UTC), None),
    ],
)
def test_f105_an_author_date_that_cannot_be_true_is_clamped_and_flagged(repo, read, author, committer, at, flagged):
    headers = f"author Ana <a@example.org> {author} +0000\ncommitter Ana <a@example.org> {committer} +0000"
    made = repo.raw_commit(headers, b"Dated")

    found = commits(read(repo))[made]

    assert found.at == at
    assert (found.text is None) if flagged is None else any(part in found.text for part in flagged.split("|"))


def test_dates_are_utc_whatever_the_authors_zone(repo, read):
    made = repo.commit("Late", GIT_AUTHOR_DATE="2026-11-02T23:30:00+1300")

    assert commits(read(repo))[made].at == dt.datetime(2026, 11, 2, 10, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", ["-rf", "a;touch", "$(id)", "ünïcode", "a'b\"c", "x" * 200, "work/--all", "%00%1f"])
def test_a_ref_with_an_odd_name_is_only_a_name(repo, read, name):
    made = repo.commit()
    repo.git("update-ref", f"refs/heads/{name}", made)
    repo.git("update-ref", f"refs/tags/{name}", made)

    found = read(repo)

    titles = {(a.kind, a.title) for a in found.records(Activity).values()}
    assert {("branch", name), ("tag", name), ("branch", "main")} <= titles
    assert found.outcome.status == "complete"


def test_a_tag_that_ends_early_cannot_make_a_second_row(repo, read):
    made = repo.commit()
    tag = f"object {made}\ntype commit\ntag v1\ntagger {ANA}\n\nFirst\0\nrefs/tags/forged\ncommit\n1\n<x@y>\n{made}\nForged"
    oid = repo.git("hash-object", "-t", "tag", "-w", "--literally", "--stdin", data=tag.encode())
    repo.git("update-ref", "refs/tags/v1", oid)

    found = read(repo)

    assert [a.title for a in found.records(Activity).values() if a.kind == "tag"] == ["v1"]
    assert found.outcome.status == "complete"


def test_a_tag_on_a_file_is_no_activity(repo, read):
    repo.commit()
    blob = repo.git("hash-object", "-w", "--stdin", data=b"file")
    repo.git("update-ref", "refs/tags/file", blob)

    assert [a.title for a in read(repo).records(Activity).values() if a.kind == "tag"] == []


def test_a_folder_whose_name_begins_with_a_dash_is_a_folder(tmp_path, read):
    from .conftest import Repo

    odd = Repo(tmp_path / "--upload-pack=touch x")
    made = odd.commit()

    found = read(odd)

    assert set(commits(found)) == {made}
    assert list(found.records(Scope)) == ["--upload-pack=touch x"]


def test_a_repository_owned_by_somebody_else_is_read(repo, read, monkeypatch):
    # Git's own switch for testing: every folder counts as another user's.
    made = repo.commit()
    monkeypatch.setattr(
        "sightline_git.program._ENV",
        {**__import__("sightline_git.program", fromlist=["_ENV"])._ENV, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"},
    )

    assert set(commits(read(repo))) == {made}


def test_a_replaced_commit_shows_its_own_text(repo, read):
    real = repo.commit("Real")
    other = repo.raw_commit(f"author {ANA}\ncommitter {ANA}", b"Fake", ref="refs/heads/other")
    repo.git("replace", real, other)

    assert commits(read(repo))[real].title == "Real"


def test_credentials_in_a_remotes_address_appear_nowhere(repo, read):
    repo.commit()
    repo.git("remote", "add", "origin", "https://bot:s3cr3t-canary@github.com/acme/site.git")

    found = read(repo)

    assert found.records(Scope)["site"].url == "https://github.com/acme/site"
    shown = [record for key, record in found.keeper.rows.items()]
    assert "s3cr3t-canary" not in repr([shown, found.outcome])


def test_an_account_with_a_very_long_or_missing_address_is_bounded(repo, read):
    long = repo.raw_commit(f"author A <{'x' * 5000}@example.org> 1793613600 +0000\ncommitter {ANA}", b"Long")
    none = repo.raw_commit(f"author  <> 1793613600 +0000\ncommitter {ANA}", b"None", ref="refs/heads/none")

    found = read(repo)

    assert len(commits(found)[long].account) == 320
    assert commits(found)[none].account is None
    assert all(len(account.id) <= 320 for account in found.records(Account).values())
