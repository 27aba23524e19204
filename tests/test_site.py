"""The site builds without a broken link, is whole, and loads nothing from outside."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: any broken link, anchor or page without a place fails."""
    config = pytest.importorskip("mkdocs.config", reason="the extra `docs` is not installed")
    commands = pytest.importorskip("mkdocs.commands.build")
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NO_MKDOCS_2_WARNING", "1")
        patched.chdir(ROOT)
        commands.build(config.load_config("mkdocs.yml", site_dir=str(folder), strict=True))
    return folder


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_page_of_the_docs_is_a_page_of_the_site(site: Path) -> None:
    sources = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    names = {source.with_name("index") if source.name == "README" else source for source in sources}
    assert names <= {page.relative_to(site).with_suffix("") for page in pages(site)}


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    """Scripts, styles, pictures, fonts and frames; a link to click on loads nothing."""
    loads = re.compile(r"<(?:script|img|iframe|source|link)\b[^>]*\b(?:src|href)=\"?((?:https?:)?//[^\" >]+)")
    outside = {found for page in pages(site) for found in loads.findall(page.read_text(encoding="utf-8"))}
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert outside == set()
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", styles) == []


def test_every_relative_link_leads_to_a_file_of_the_site(site: Path) -> None:
    broken = []
    for page in pages(site):
        if page.name == "404.html":  # its links are those of a server's root
            continue
        for target in re.findall(r"\b(?:src|href)=\"([^\"#?]+)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                broken.append((page.name, target))
    assert broken == []


def test_the_search_finds_from_a_file(site: Path) -> None:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        path = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
        if path is None:
            pytest.skip("no Chromium here")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "tutorial.html").as_uri())
        page.click("input[name=query]")
        page.keyboard.type("bottleneck", delay=20)
        page.wait_for_selector(".md-search-result__item", state="attached", timeout=60_000)
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []
