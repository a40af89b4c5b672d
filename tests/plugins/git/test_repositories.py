"""What a run makes of repositories of every kind, and of what happens to them between two runs."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from sightline.collect.passes import Rules
from sightline.sdk import Account, Activity, Scope, Since
from sightline_git.config import GitSettings
from sightline_git.streams import Commits, Repository

from .conftest import Repo


def commits(found):
    return {i for i, a in found.records(Activity).items() if a.kind in ("commit", "merge")}


def test_f105_an_amended_commit_is_counted_once(repo, read):
    repo.commit("First")
    old = repo.commit("Draft")
    first = read(repo)
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "Final")

    second = read(repo, keeper=first.keeper)

    assert old not in second.records(Activity)
    assert sorted(a.title for i, a in second.records(Activity).items() if i in commits(second)) == ["Final", "First"]
    assert second.outcome.counts.gone == 1


def test_f105_commits_dropped_by_a_reset_are_gone_and_come_back_when_they_do(repo, read):
    kept = repo.commit("Kept")
    dropped = repo.commit("Dropped")
    first = read(repo)
    repo.git("reset", "-q", "--hard", kept)
    second = read(repo, keeper=first.keeper)
    gone = commits(second)
    repo.git("reset", "-q", "--hard", dropped)

    third = read(repo, keeper=second.keeper)

    assert gone == {kept}
    assert commits(third) == {kept, dropped}


def test_f105_a_whole_history_that_vanishes_at_once_is_held_for_a_person(repo, read):
    for number in range(30):
        repo.commit(f"Old {number}")
    first = read(repo)
    repo.git("checkout", "-q", "--orphan", "fresh")
    new = repo.commit("New beginning")
    repo.git("branch", "-q", "-M", "fresh", "main")

    second = read(repo, keeper=first.keeper)

    assert len(commits(second)) == 31
    assert new in commits(second)
    assert second.outcome.status == "incomplete"


def test_f105_a_vanished_history_is_removed_once_a_person_confirms_it(repo, read):
    for number in range(30):
        repo.commit(f"Old {number}")
    first = read(repo)
    repo.git("checkout", "-q", "--orphan", "fresh")
    new = repo.commit("New beginning")
    repo.git("branch", "-q", "-M", "fresh", "main")
    held = read(repo, keeper=first.keeper)

    confirmed = read(repo, keeper=held.keeper, rules=Rules(confirm_gone=True))

    assert commits(confirmed) == {new}
    assert confirmed.outcome.status == "complete"


def test_f105_a_shallow_clone_is_noted_and_grows_when_it_is_deepened(repo, read, tmp_path):
    made = [repo.commit(f"Step {n}", GIT_AUTHOR_DATE=f"2026-11-0{n + 1}T10:00:00Z") for n in range(4)]
    subdir = tmp_path / "clones"
    subdir.mkdir()
    repo.git("clone", "-q", "--depth=2", f"file://{repo.folder}", str(subdir / "site"))
    clone = Repo.__new__(Repo)
    clone.folder = subdir / "site"

    first = read(clone)
    shallow = commits(first)
    clone.git("fetch", "-q", "--unshallow")
    second = read(clone, keeper=first.keeper)

    assert shallow == set(made[2:])
    assert first.outcome.notes == ["site is a shallow clone: what lies before its first commits is not known"]
    assert commits(second) == set(made)
    assert second.outcome.notes == []


def test_a_deleted_branch_is_gone_and_its_merged_commits_stay(repo, read):
    repo.commit("Base")
    repo.git("checkout", "-q", "-b", "topic")
    work = repo.commit("Work")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge branch 'topic'", "topic")
    first = read(repo)
    repo.git("branch", "-q", "-D", "topic")

    second = read(repo, keeper=first.keeper)

    assert [a.title for a in second.records(Activity).values() if a.kind == "branch"] == ["main"]
    assert work in commits(second)
    assert [a.title for a in second.records(Activity).values() if a.kind == "merge"] == ["Merge branch 'topic'"]


def test_a_bare_repository_and_one_with_a_working_tree_read_alike(repo, read, tmp_path):
    repo.commit("One")
    repo.git("tag", "v1")
    bare = Repo.__new__(Repo)
    bare.folder = tmp_path / "mirror" / "site.git"
    repo.git("clone", "-q", "--mirror", str(repo.folder), str(bare.folder))

    assert read(bare).records(Activity) == read(repo).records(Activity)


def test_an_empty_repository_is_complete_and_has_nothing(repo, read):
    found = read(repo)

    assert found.outcome.status == "complete"
    assert found.records(Activity) == {}


def test_work_on_a_detached_head_counts_and_stash_and_notes_do_not(repo, read):
    base = repo.commit("Base")
    (repo.folder / "f").write_text("x")
    repo.git("add", "f")
    repo.git("stash", "-q")
    repo.git("notes", "add", "-m", "a note", base)
    repo.git("checkout", "-q", "--detach")
    loose = repo.commit("Loose")

    assert commits(read(repo)) == {base, loose}


def test_chosen_branches_are_read_here_and_at_remotes_and_no_others(repo, read):
    main = repo.commit("Main")
    at = {"GIT_AUTHOR_DATE": "2026-11-03T10:00:00Z"}
    made = {}
    for ref in (
        "refs/heads/topic",
        "refs/heads/release/1",
        "refs/remotes/origin/main",
        "refs/remotes/origin/topic/main",
    ):
        repo.git("checkout", "-q", "--detach", main)
        made[ref] = repo.commit(ref, **at)
        repo.git("update-ref", ref, made[ref])
    repo.git("checkout", "-q", "main")

    assert commits(read(repo, branches=("main",))) == {main, made["refs/remotes/origin/main"]}
    assert commits(read(repo, branches=("release/*",))) == {main, made["refs/heads/release/1"]}
    assert commits(read(repo)) == {main, *made.values()}


def test_a_mailmap_names_people_and_joins_their_addresses(repo, read):
    (repo.folder / ".mailmap").write_text("Ana M. Silva <ana@acme.example> <ana@example.org>\n")
    repo.git("add", ".mailmap")
    made = repo.commit("Mapped")

    found = read(repo)

    assert found.records(Activity)[made].account == "ana@acme.example"
    assert found.records(Account)["ana@acme.example"].name == "Ana M. Silva"


def test_robots_and_hidden_addresses_are_recognised(repo, read):
    repo.commit(
        "A", GIT_AUTHOR_NAME="renovate[bot]", GIT_AUTHOR_EMAIL="29139614+renovate[bot]@users.noreply.github.com"
    )
    repo.commit("B", GIT_AUTHOR_NAME="Jo", GIT_AUTHOR_EMAIL="77+jo-b@users.noreply.github.com")

    accounts = read(repo).records(Account)

    assert accounts["29139614+renovate[bot]@users.noreply.github.com"].kind == "bot"
    assert accounts["77+jo-b@users.noreply.github.com"].username == "jo-b"


def test_repositories_of_one_name_are_told_apart_and_a_shared_commit_counts_once(tmp_path, read):
    one, two = Repo(tmp_path / "a" / "site"), Repo(tmp_path / "b" / "site")
    assert one.commit("Same") == two.commit("Same")

    found = read(one, two)

    assert list(found.records(Scope)) == ["a/site", "b/site"]
    assert len(commits(found)) == 1


def test_a_missing_repository_leaves_the_others_complete(tmp_path, repo, read):
    made = repo.commit()
    (tmp_path / "empty").mkdir()
    gone = Repo.__new__(Repo)
    gone.folder = tmp_path / "empty"

    found = read(repo, gone)

    assert commits(found) == {made}
    assert found.outcome.status == "incomplete"
    assert "empty" in " ".join(found.outcome.reasons)


def test_no_repository_at_all_says_what_to_write(tmp_path, read):
    gone = Repo.__new__(Repo)
    gone.folder = tmp_path

    found = read(gone)

    assert found.outcome.status == "failed"
    assert "no Git repository at" in found.outcome.reasons[0]


def test_an_incremental_listing_asks_only_for_what_the_last_tips_do_not_reach(repo, read):
    old = repo.commit("Old")
    new = repo.commit("New")
    stream = Commits([Repository("site", str(repo.folder / ".git"))], ())
    fetch = _Fetch()
    scope = Scope(id="site", key="site", name="site")
    token = stream.resume(scope, {"tips": [old], "shallow": False}, fetch)

    rows = list(fetch.run(stream.command(scope, Since(token=token))))

    assert token == old
    assert [row.partition("\n")[0] for row in rows] == [new]


def test_an_incremental_listing_begins_anew_when_a_tip_was_rewritten_or_collected(repo):
    old = repo.commit("Old")
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "New")
    stream = Commits([Repository("site", str(repo.folder / ".git"))], ())
    scope = Scope(id="site", key="site", name="site")

    assert stream.resume(scope, {"tips": [old]}, _Fetch()) is None
    assert stream.resume(scope, {"tips": ["1" * 40]}, _Fetch()) is None
    assert stream.resume(scope, {"tips": stream.gate(scope, _Fetch())["tips"]}, _Fetch()) is not None


def test_a_first_read_goes_back_to_the_sources_since(repo, read):
    repo.commit("Old", GIT_AUTHOR_DATE="2026-01-02T10:00:00Z", GIT_COMMITTER_DATE="2026-01-02T10:00:00Z")
    new = repo.commit("New")

    assert commits(read(repo, rules=Rules(floor=dt.datetime(2026, 6, 1, tzinfo=dt.UTC)))) == {new}


@pytest.mark.parametrize("settings", [{}, {"path": "a", "paths": ["b"]}])
def test_settings_name_one_repository_or_several_never_both_or_none(settings):
    with pytest.raises(ValidationError, match="give either `path` or `paths`"):
        GitSettings(**settings)


class _Fetch:
    """Runs commands as the framework does."""

    def run(self, command):
        from sightline.collect.command import read_command

        return read_command(command, where="test")
