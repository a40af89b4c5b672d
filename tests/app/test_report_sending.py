"""An approved report goes out by mail once, to the client's people, with the documents that were frozen; refusals are told."""

from __future__ import annotations

import datetime as dt

import pytest

from app.mailbox import mail_server
from app.reported import NOW, TOML, again, opened
from sightline.app import report_life as life
from sightline.app.outbox import deliver_due
from sightline.app.report_sending import send_report
from sightline.app.reports import client_of, draft, newest_report
from sightline.errors import ConfigError

CHANNEL = """
[notify.channels.mail]
via = "email"
host = "127.0.0.1"
port = {port}
tls = "none"
from = "Northgate <reports@northgate.example>"
to = ["office@northgate.example"]
"""


@pytest.fixture
def mail():
    with mail_server() as served:
        yield served


@pytest.fixture
def office(tmp_path, mail):
    toml = TOML.replace("[reports]", '[reports]\nchannel = "mail"').replace('"markdown"]', '"markdown", "email"]')
    with opened(tmp_path / "w", toml=toml + CHANNEL.format(port=mail.port)) as session:
        yield session


@pytest.fixture
def acme(office):
    return client_of(office, "acme")


def approved(office, acme):
    draft(office, acme)
    life.mark_reviewed(office, newest_report(office, acme), by="ben")
    life.approve(office, acme, newest_report(office, acme), by="cy")
    return newest_report(office, acme)


def test_a_report_goes_to_the_clients_people_with_the_frozen_documents(office, acme, mail):
    entry = approved(office, acme)
    waits = send_report(office, acme, entry, by="dee")
    ((letter, recipients),) = mail.held
    files = {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}

    assert waits is None
    assert recipients == ["hale@acme.example"]
    assert letter["Subject"] == "Website: report of 20 November 2026"
    assert files["acme-2026-11-20.html"] == life.kept_form(office, entry)[0].body
    assert "20 % is done" in letter.get_body(("plain",)).get_content()
    assert newest_report(office, acme)["status"] == "sent"
    assert office.store.report_steps(client="acme")[-1].text == "by mail (mail): J. Hale <hale@acme.example>"


def test_sent_twice_it_goes_out_once(office, acme, mail):
    entry = approved(office, acme)
    send_report(office, acme, entry, by="dee")
    with pytest.raises(ConfigError, match="only once"):
        send_report(office, acme, newest_report(office, acme), by="dee")
    # As if the machine had stopped between the sending and the note of it.
    assert office.store.entries("reports")[0]["status"] == "sent"
    office.store.write("reports", **{**entry, "status": "approved"})
    send_report(office, acme, newest_report(office, acme), by="dee")

    assert len(mail.held) == 1
    assert newest_report(office, acme)["status"] == "sent"


def test_what_is_not_approved_never_reaches_the_mail_server(office, acme, mail):
    draft(office, acme)
    with pytest.raises(ConfigError, match="only an approved report is sent"):
        send_report(office, acme, newest_report(office, acme), by="dee")

    assert (mail.held, office.store.outbox()) == ([], [])


def test_a_busy_mail_server_leaves_it_approved_and_it_goes_out_later(office, acme, mail):
    entry = approved(office, acme)
    mail.answers += [451]
    waits = send_report(office, acme, entry, by="dee")
    status = newest_report(office, acme)["status"]
    later = again(office, NOW + dt.timedelta(minutes=5))
    deliver_due(later)
    last = send_report(later, acme, newest_report(later, acme), by="dee")

    assert (waits, status) == ("the mail server did not take it: it answered 451", "approved")
    assert (last, len(mail.held), newest_report(later, acme)["status"]) == (None, 1, "sent")


def test_a_refusal_for_good_is_told_and_the_report_stays_approved(office, acme, mail):
    entry = approved(office, acme)
    mail.answers += [554]
    with pytest.raises(ConfigError, match="the mail did not go out: the mail server answered 554"):
        send_report(office, acme, entry, by="dee")

    assert newest_report(office, acme)["status"] == "approved"


def test_without_a_channel_or_a_mail_it_says_what_to_set(tmp_path):
    with opened(tmp_path / "w") as session:
        acme = client_of(session, "acme")
        entry = approved(session, acme)
        with pytest.raises(ConfigError, match="no channel is set") as caught:
            send_report(session, acme, entry, by="dee")

    assert "--by-hand" in caught.value.mend
