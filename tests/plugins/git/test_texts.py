"""What a message names, and where a repository's pages are."""

from __future__ import annotations

import pytest

from sightline_git.texts import commit_url, keys_in, web_address


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("WEB-12 Homepage", ("WEB-12",)),
        ("Merge branch 'feature/WEB-12-login' into main", ("WEB-12",)),
        ("APP-1, APP-2; APP-1 again", ("APP-1", "APP-2")),
        ("see https://acme.atlassian.net/browse/WEB-7.", ("WEB-7",)),
        ("MY_TEAM-3 too", ("MY_TEAM-3",)),
        ("Fixes #12 (#13)", ("#12", "#13")),
        ("closes northgate/site#4", ("northgate/site#4",)),
        ("https://github.com/northgate/site/pull/9/files", ("northgate/site#9",)),
        ("https://gitlab.com/northgate/site/-/issues/5", ("northgate/site#5",)),
        ("card https://trello.com/c/AbCd1234/7-write-copy", ("AbCd1234",)),
        ("web-12 is lower case, X-1 has one letter, &#39; is an entity, a#1 an anchor", ()),
        ("WEB-12x and xWEB-13 are words", ()),
        ("", ()),
    ],
)
def test_task_keys_are_found_in_a_text(text, keys):
    assert keys_in(text) == keys


def test_no_more_than_fifty_keys_are_taken_from_one_text():
    assert len(keys_in(" ".join(f"WEB-{n}" for n in range(500)))) == 50


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("https://github.com/northgate/site.git", "https://github.com/northgate/site"),
        ("https://user:token@github.com/northgate/site", "https://github.com/northgate/site"),
        ("git@github.com:northgate/site.git", "https://github.com/northgate/site"),
        ("ssh://git@github.com:22/northgate/site.git", "https://github.com/northgate/site"),
        ("ssh://git@ssh.github.com:443/northgate/site.git", "https://github.com/northgate/site"),
        ("git@gitlab.com:group/sub/site.git", "https://gitlab.com/group/sub/site"),
        ("https://github.com/a/<script>", "https://github.com/a/%3Cscript%3E"),
        ("https://git.northgate.example/site.git", None),
        ("https://github.com.evil.example/a/b", None),
        ("/srv/git/site.git", None),
        ("file:///srv/git/site.git", None),
        ("ext::sh -c id", None),
        ("https://[bad/a/b", None),
        ("", None),
    ],
)
def test_a_remote_gives_a_page_without_credentials_or_none(remote, page):
    assert web_address(remote) == page


def test_a_commits_page_follows_its_hosts_habit():
    assert commit_url("https://gitlab.com/a/b", "f00") == "https://gitlab.com/a/b/-/commit/f00"
    assert commit_url("https://bitbucket.org/a/b", "f00") == "https://bitbucket.org/a/b/commits/f00"
    assert commit_url(None, "f00") is None
