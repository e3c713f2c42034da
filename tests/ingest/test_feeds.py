"""RSS and Atom from a real HTTP server, which also answers wrongly."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import stamina
from structlog.testing import capture_logs

from services.ingest import feeds
from services.ingest.feeds import Feed, FeedReader, parse, read_feeds
from services.runtime import topics
from services.runtime.errors import ConfigurationError, PoisonError
from tests.ingest.conftest import Way

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>قناة</title><language>ar</language>
<item><title>اشتباكات</title><link>https://example.org/2</link><guid>2</guid>
<description>&lt;p&gt;اشتباكات قرب &lt;b&gt;عين عيسى&lt;/b&gt;&lt;/p&gt;</description>
<pubDate>Tue, 24 Nov 2026 20:00:00 +0300</pubDate></item>
<item><title>قصف</title><link>https://example.org/1?utm_source=rss</link><guid>1</guid>
<description>قصف مدفعي على عين عيسى</description><pubDate>Tue, 24 Nov 2026 12:00:00 +0300</pubDate></item>
<item><link>https://example.org/3</link><description></description></item>
</channel></rss>""".encode()

ATOM = b"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Wire</title><id>urn:wire</id>
<entry><title>Shelling</title><id>urn:1</id><link href="https://wire.example.org/1"/>
<updated>2026-11-24T10:00:00Z</updated><summary>Short.</summary>
<content type="html">&lt;p&gt;Shells struck Ain Issa.&lt;/p&gt;</content></entry></feed>"""


class Site:
    """What the server answers next, and what it was asked."""

    def __init__(self) -> None:
        self.body = RSS
        self.etag: str | None = None
        self.failures: list[int] = []
        self.location = ""
        self.asked: list[dict[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append({name.lower(): value for name, value in self.headers.items()})
                unchanged = site.etag is not None and self.headers.get("If-None-Match") == site.etag
                status = site.failures.pop(0) if site.failures else 304 if unchanged else 200
                body = site.body if status == 200 else b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if status == 302:
                    self.send_header("Location", site.location)
                if site.etag:
                    self.send_header("ETag", site.etag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/rss"


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    with stamina.set_testing(True, attempts=3, cap=True):
        yield running
    running.server.shutdown()
    running.server.server_close()


async def read(site: Site, way: Way, times: int = 1, url: str = "") -> list[int]:
    async with feeds.client() as client:
        reader = FeedReader(Feed(url=url or site.url, source="example.org"), way.gate, client)
        return [await reader.read() for _ in range(times)]


async def test_a_feed_becomes_articles_with_plain_text_and_utc_times(site: Site, way: Way) -> None:
    assert await read(site, way) == [2]
    first, second = sorted(await way.messages(topics.ARTICLES), key=lambda article: article.published_at)
    assert (first.title, first.text, first.lang) == ("قصف", "قصف مدفعي على عين عيسى", "ar")
    assert second.text == "اشتباكات قرب عين عيسى"
    assert first.published_at.isoformat() == "2026-11-24T09:00:00+00:00"
    assert {first.source, second.source} == {"example.org"}


async def test_an_entry_without_any_text_is_buried_with_its_reason(site: Site, way: Way) -> None:
    await read(site, way)
    [letter] = await way.records("articles.dead")
    assert dict(letter.headers)["marsad-field"] == b"text"


async def test_an_entry_that_is_no_article_is_buried_once_however_often_it_is_read(site: Site, way: Way) -> None:
    await read(site, way, times=3)
    assert len(await way.records("articles.dead")) == 1


async def test_only_what_changed_is_asked_for(site: Site, way: Way) -> None:
    site.etag = '"v1"'
    assert await read(site, way, times=2) == [2, 0]
    assert "if-none-match" not in site.asked[0]
    assert site.asked[1]["if-none-match"] == site.etag


async def test_a_feed_and_a_post_of_the_same_page_are_one_article(site: Site, way: Way) -> None:
    from services.runtime.intake import build

    [posted] = await way.gate.accept([build({"url": "http://example.org/1", "text": "نص"}, way.gate.now())], "http")
    await read(site, way)
    assert posted.article.id in {article.id for article in await way.messages(topics.ARTICLES) if article.version == 2}


async def test_a_hiccup_is_tried_again_at_once(site: Site, way: Way) -> None:
    site.failures = [503, 500]
    assert await read(site, way) == [2]


async def test_a_feed_that_is_gone_is_told_and_its_return_too(site: Site, way: Way) -> None:
    site.failures = [404, 200]
    assert await read(site, way, times=2) == [0, 2]
    heartbeats = await way.messages(topics.SOURCES)
    assert [each.failures for each in heartbeats] == [1, 0]
    assert "404" in heartbeats[0].error
    assert heartbeats[1].last_success_at is not None


async def test_a_redirect_to_nowhere_fails_this_feed_alone(site: Site, way: Way) -> None:
    site.failures = [302]
    site.location = "http://xn--/"
    assert await read(site, way, times=2) == [0, 2]
    assert [each.failures for each in await way.messages(topics.SOURCES)] == [1, 0]


@pytest.mark.parametrize("url", ["http://example.org:99999999/rss", "http://a..b/rss"])
async def test_an_address_that_cannot_be_asked_fails_this_feed_alone(site: Site, way: Way, url: str) -> None:
    assert await read(site, way, url=url) == [0]
    [heartbeat] = await way.messages(topics.SOURCES)
    assert heartbeat.failures == 1


async def test_a_feed_that_the_parser_stumbles_over_fails_this_feed_alone(site: Site, way: Way) -> None:
    site.body = RSS.replace("اشتباكات قرب".encode(), b"&#xD83D;")
    assert await read(site, way) == [0]
    [heartbeat] = await way.messages(topics.SOURCES)
    assert heartbeat.error == "UnicodeEncodeError"


async def test_the_credentials_of_a_feed_are_told_to_nobody(site: Site, way: Way) -> None:
    site.failures = [503, 503, 503, 404]
    url = site.url.replace("://", "://user:hunter2@") + "?key=hunter2"
    with capture_logs() as logs:
        assert await read(site, way, times=3, url=url) == [0, 0, 2]
    heartbeats = await way.messages(topics.SOURCES)
    assert [each.error for each in heartbeats] == ["HTTPStatusError 503", "HTTPStatusError 404", ""]
    [letter] = await way.records("articles.dead")
    assert dict(letter.headers)["marsad-topic"] == b"example.org"
    assert {each["event"] for each in logs} == {"stamina.retry_scheduled", "feed failed", "refused"}
    assert "hunter2" not in repr((heartbeats, letter, logs))


async def test_what_is_no_feed_is_told(site: Site, way: Way) -> None:
    site.body = "<html><body>صيانة</body></html>".encode()
    assert await read(site, way) == [0]
    [heartbeat] = await way.messages(topics.SOURCES)
    assert heartbeat.error == "neither RSS nor Atom"


async def test_what_is_no_feed_does_not_pass_for_unchanged(site: Site, way: Way) -> None:
    site.body, site.etag = b"<html>maintenance</html>", '"m"'
    assert await read(site, way, times=2) == [0, 0]
    assert [each.failures for each in await way.messages(topics.SOURCES)] == [1, 2]


def test_atom_gives_the_content_rather_than_the_summary() -> None:
    [entry] = parse(ATOM)
    assert entry["text"] == "<p>Shells struck Ain Issa.</p>"
    assert (entry["url"], entry["lang"]) == ("https://wire.example.org/1", "en")


def test_entries_come_oldest_first() -> None:
    assert [entry["title"] for entry in parse(RSS)] == ["قصف", "اشتباكات", ""]


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"{}", "نص".encode()])
def test_bytes_that_are_no_feed_are_a_fault(body: bytes) -> None:
    with pytest.raises(PoisonError):
        parse(body)


FAULTS = [
    ("feeds: [{url: 'ftp://example.org'}]", "feeds.0.url"),
    ("feeds: [{address: 'https://example.org'}]", "feeds.0.url"),
    ("- https://example.org", "feeds"),
    ("feeds: [", "feeds.yml: line 1, column 9 is not YAML"),
]


def test_a_fault_of_the_feeds_file_does_not_repeat_its_passwords(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yml"
    file.write_text("feeds:\n - url: http://user:hunter2@example.org: oops", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 2") as refused:
        read_feeds(file)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("content", "named"), FAULTS)
def test_a_wrong_feeds_file_names_the_field(tmp_path: Path, content: str, named: str) -> None:
    file = tmp_path / "feeds.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=named):
        read_feeds(file)
