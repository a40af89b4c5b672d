"""Several sources write while others read: nobody is refused, nobody sees half a page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sightline.model.records import Task
from store.examples import exported, page, task

PAGES, ROWS = 10, 20


def test_sources_land_in_parallel_while_readers_see_whole_pages_only(store):
    def write(source):
        for number in range(PAGES):
            store.land(page(*(task(f"{number}-{row}") for row in range(ROWS)), source=source))

    def read(source):
        return [store.count_live(source, Task) for _ in range(15)] + [len(exported(store, "tasks", source=source))]

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(write, source) for source in ("jira", "trello")]
        reading = [pool.submit(read, source) for source in ("jira", "trello", "jira", "trello")]
        seen = [count for future in reading for count in future.result()]
        for future in writing:
            future.result()

    assert {count % ROWS for count in seen} == {0}
    assert [store.count_live(source, Task) for source in ("jira", "trello")] == [PAGES * ROWS] * 2


def test_an_export_shows_one_moment_however_long_it_is_read(store):
    store.land(page(*(task(str(number)) for number in range(2500))))
    _, rows = store.export("tasks")
    first = next(rows)

    store.land(page(*(task(str(number), title="Later") for number in range(2500))))

    assert first[5] == "Homepage"
    assert {row[5] for row in rows} == {"Homepage"}
