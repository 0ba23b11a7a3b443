from pathlib import Path

from ingest_case import FEEDS

from pipelines.ingest import feeds_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "feeds.md"


def test_the_page_is_what_the_contracts_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == feeds_page(FEEDS.values()), "write docs/feeds.md anew from feeds_page(all_feeds())"


def test_the_page_names_every_column_and_whose_layout_it_is() -> None:
    page = feeds_page(FEEDS.values())
    for feed in FEEDS.values():
        section = page.split(f"\n## {feed.name}\n")[1].split("\n## ")[0]
        assert all(f"`{one.raw}`" in section for one in feed.fields)
        assert ("our own contract" in section) is not feed.has_public_layout
