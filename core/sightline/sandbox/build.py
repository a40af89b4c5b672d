"""Writes the made-up world: one consultancy, read on Friday 20 November 2026 at 09:00 UTC.

The same seed and size give the same world, byte for byte. The story (`acme`, `birch`, `dune`, `small`, `ledger`) holds for every
seed; chance only moves the minute of an event, the split of a batch into items, and the filler.

Conventions that vendors rely on:

- GitHub places list the columns of the board and, after them, what pull requests say (draft, open, merged, closed).
  `Source.options["boards"]` tells which repositories stand on which Projects v2 board; the others have none, and
  their issues say open, closed or not_planned. An issue is closed exactly when its state is done or cancelled.
- Trello cards carry estimates and points in custom fields (`Source.options`), time in Plus comments.
- Comments and time entries of one source never share a number, nor do kinds: each kind has its own range.
- Git identities use the first e-mail as account; `Commit.email` says which address a commit carries.
"""

from __future__ import annotations

import datetime as dt

from sightline.sandbox.acme import tell_acme
from sightline.sandbox.birch import tell_birch, tell_own_website
from sightline.sandbox.books import Books
from sightline.sandbox.cast import add_people
from sightline.sandbox.desk import Desk
from sightline.sandbox.dune import tell_dune
from sightline.sandbox.filler import fill, fill_code, fill_money
from sightline.sandbox.ledger import tell_money
from sightline.sandbox.places import add_places, add_sources
from sightline.sandbox.repositories import tell_code
from sightline.sandbox.small import tell_small_clients
from sightline.sandbox.world import World

__all__ = ["NOW", "build_world"]

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def build_world(seed: int = 7, size: float = 1.0) -> World:
    """The world of that seed. `size` scales the filler only: 0 is the story alone, 1 a few hundred tasks more."""
    world = World(seed=seed, now=NOW, name="Northgate Consulting", currency="GBP", timezone="Europe/London")
    add_sources(world)
    add_people(world)
    add_places(world)
    desk = Desk(world)
    tell_acme(desk)
    tell_birch(desk)
    tell_own_website(desk)
    tell_dune(desk)
    tell_small_clients(desk)
    books = Books(desk)
    tell_money(desk, books)
    fill(desk, size)
    fill_money(books, size)
    world.rates = [
        {"project": "dune_migration", "per_hour": "100.00", "currency": "EUR"},
        {"project": "dune_training", "per_hour": "100.00", "currency": "EUR"},
    ]
    desk.finish()
    tell_code(desk)
    fill_code(desk, size)
    return world
