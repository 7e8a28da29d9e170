#!/usr/bin/env python3
"""Drives the observer's page in a headless browser: page_test.py PHIAL [--screenshots DIR].

Chromium of Debian is enough. Where there is none the test is skipped, and says so.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser as browsers  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77


def equal(got, want):
    if got != want:
        raise AssertionError(f"expected {want!r}, got {got!r}")


class Page:
    """The page in the browser, with words for what tests do again and again."""

    def __init__(self, browser, shots):
        self.b, self.shots = browser, shots

    def view(self, name):
        self.b.run(f"location.hash = {name!r}")
        self.b.wait(f"document.getElementById('main').dataset.view === {name!r}")

    def rows(self):
        return self.b.run("[...document.querySelectorAll('#main tbody tr')].map(r => [...r.cells].map(c => c.innerText))")

    def column(self, number):
        return [row[number] for row in self.rows()]

    def shot(self, name):
        # What lies wider than the screen is a fault on every view. Tables may scroll inside their card.
        wide = self.b.run("Math.max(document.documentElement.scrollWidth, innerWidth)") > self.b.width + 1
        if wide:
            raise AssertionError(f"{name} is wider than the screen")
        if self.shots:
            self.b.screenshot(os.path.join(self.shots, name + ".png"))


def number_of(text):
    """1.5 KB -> 1536.0"""
    value, unit = (text.split(" ") + [""])[:2]
    return float(value) * {"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "k": 1e3, "M": 1e6, "G": 1e9}[unit]


def test_overview(p):
    p.view("overview")
    p.b.wait("[...document.querySelectorAll('.figure')].some(f => /^50\\.\\d k$/.test(f.innerText))")
    p.b.wait("document.querySelector('.chart .stroke').getAttribute('d').length > 20")
    p.shot("overview")


def test_the_table_of_fifty_thousand(p):
    p.view("processes")
    p.b.wait("/of 50,\\d\\d\\d/.test(document.querySelector('.tools').innerText)")
    equal(len(p.rows()), 50)
    memories = [number_of(text) for text in p.column(3)]
    equal(memories[0] > memories[5] >= memories[-1], True)  # each may have grown or shrunk since the sort
    equal(p.rows()[0][1], ":big_heap")
    p.shot("processes")
    # the other way round, and by another column
    p.b.click("th[data-sort=memory]")
    p.b.wait("/↑/.test(document.querySelector('th.by').innerText)")
    p.b.wait("!/big_heap/.test(document.querySelector('tbody').innerText)")
    p.b.click("th[data-sort=queue]")
    p.b.wait("document.querySelector('tbody tr').cells[1].innerText === ':big_heap' && document.querySelector('tbody tr').cells[5].innerText === '7'")
    # a page on
    first = p.column(0)
    p.b.click("[data-page='1']")
    p.b.wait("/^51 to 100/.test(document.querySelector('.tools span').innerText)")
    equal(set(first) & set(p.column(0)), set())
    # search; the field keeps what is typed while the table is drawn anew
    started = time.monotonic()
    p.b.type("#filter", "shop.stock")
    p.b.wait("document.querySelectorAll('tbody tr').length === 3")
    took = time.monotonic() - started
    equal(sorted(p.column(1)), [":apples", ":pears", ":plums"])
    p.b.wait("document.activeElement.id === 'filter'")
    p.b.type("#filter", "there is no such thing")
    p.b.wait("/No process matches/.test(document.querySelector('tbody').innerText)")
    p.shot("processes_none")
    p.b.type("#filter", "")
    p.b.wait("document.querySelectorAll('tbody tr').length === 50")
    return f"search among 50,000 in {took:.2f} s"


def open_process(p, name):
    p.view("processes")
    p.b.type("#filter", name)
    p.b.wait(f"document.querySelectorAll('tbody tr').length === 1 && document.querySelector('tbody tr').innerText.includes({name!r})")
    p.b.click("tbody tr")
    p.b.wait(f"!document.getElementById('sheet').hidden && document.querySelector('#sheet h1').innerText.includes({name!r})")


def test_a_process(p):
    open_process(p, ":plums")
    text = p.b.run("document.getElementById('sheet').innerText")
    for wanted in ("Shop.Stock.init/1", "Links", "Stack", "gen_server", "minor gcs", "Traps exits"):
        if wanted not in text:
            raise AssertionError(f"{wanted!r} is not in\n{text}")
    p.b.click("[data-act=state]")
    p.b.wait("/left: 42/.test(document.getElementById('sheet').innerText)")
    p.shot("process")
    p.b.type("#message", "{:take, 2}")
    p.b.click("[data-act=send]")
    p.b.wait("/sent \\{:take, 2\\}/.test(document.getElementById('said').innerText)")
    p.b.run("document.activeElement.blur()")
    p.b.click("[data-act=state]")
    p.b.wait("/left: 40/.test(document.getElementById('sheet').innerText)")
    p.b.click("[data-act=suspend]")
    p.b.wait("document.querySelector('#sheet .tag').innerText === 'suspended'")
    p.b.click("[data-act=resume]")
    p.b.wait("document.querySelector('#sheet .tag').innerText === 'waiting'")
    p.b.click("#graph summary")
    p.b.wait("document.querySelectorAll('#picture circle').length >= 3")
    p.b.run("document.getElementById('graph').scrollIntoView()")
    p.shot("links")
    p.b.type("#message", "{:broken")
    p.b.click("[data-act=send]")
    p.b.wait("/TokenMissingError|missing terminator/.test(document.getElementById('said').innerText)")
    # messages that wait are shown
    p.b.click("[data-close]")
    open_process(p, ":big_heap")
    p.b.wait("(document.getElementById('sheet').innerText.match(/\\{:unread, \"mail\"\\}/g) || []).length === 7")
    p.b.click("[data-close]")
    p.b.wait("document.getElementById('sheet').hidden")


def test_the_tree_and_a_restart(p):
    p.view("tree")
    p.b.wait("/Shop\\.Shelves/.test(document.getElementById('main').innerText)")
    p.b.run("[...document.querySelectorAll('.node')].find(n => /Shop\\.Shelves/.test(n.innerText)).parentElement.querySelector('.fold').click()")
    plums = "[...document.querySelectorAll('.node')].find(n => /:plums/.test(n.innerText)).querySelector('.pid')"
    p.b.wait("/:plums/.test(document.getElementById('main').innerText)")
    p.shot("tree")
    before = p.b.run(plums + ".innerText")
    p.b.run(plums + ".click()")
    p.b.wait("document.querySelector('#sheet h1') && /:plums/.test(document.querySelector('#sheet h1').innerText)")
    p.b.click("[data-act=kill]")  # the question is answered with yes
    p.b.wait("/has ended/.test(document.getElementById('sheet').innerText)")
    p.shot("process_ended")
    p.b.click("[data-close]")
    p.b.wait(f"/:plums/.test(document.getElementById('main').innerText) && {plums}.innerText !== {before!r}")
    # the new one has the state that it begins with
    p.b.run(plums + ".click()")
    p.b.wait("document.querySelector('#sheet h1') && /:plums/.test(document.querySelector('#sheet h1').innerText)")
    p.b.click("[data-act=state]")
    p.b.wait("/left: 42/.test(document.getElementById('sheet').innerText)")
    p.b.click("[data-close]")


def test_tables(p):
    p.view("tables")
    p.b.wait("/fruit_prices/.test(document.querySelector('tbody').innerText)")
    p.shot("tables")
    p.b.run("[...document.querySelectorAll('tbody tr')].find(r => /fruit_prices/.test(r.innerText)).cells[0].click()")
    p.b.wait("/200 of 500 objects/.test(document.getElementById('sheet').innerText) && /a note about fruit/.test(document.getElementById('sheet').innerText)")
    p.shot("table")
    p.b.click("[data-close]")


def test_names_timers_and_ports(p):
    p.view("names")
    p.b.wait("/:apples/.test(document.querySelector('tbody').innerText)")
    p.shot("names")
    p.view("timers")
    p.b.wait("/:late, :message/.test(document.querySelector('tbody').innerText)")
    p.shot("timers")
    p.view("ports")
    p.b.wait("/cat/.test(document.querySelector('tbody').innerText)")
    p.shot("ports")


def test_modules(p):
    p.view("modules")
    p.b.type("#modules", "work")
    p.b.wait("document.querySelectorAll('tbody tr').length >= 1 && [...document.querySelectorAll('tbody tr')].every(r => /work/i.test(r.cells[0].innerText))")
    p.b.run("[...document.querySelectorAll('tbody tr')].find(r => r.cells[0].innerText === 'Work').click()")
    p.b.wait("/fib\\/1/.test(document.getElementById('sheet').innerText)")
    # what runs all the time is native by now
    p.b.wait("/native/.test([...document.querySelectorAll('#sheet tr')].find(r => /^fib\\/1/.test(r.innerText)).innerText)") if p.jit else None
    p.b.run("[...document.querySelectorAll('#sheet tr')].find(r => /^fib\\/1/.test(r.innerText)).click()")
    p.b.wait("/call/.test(document.getElementById('code').innerText)")
    p.shot("module")
    p.b.click("[data-close]")


def test_messages(p):
    p.view("messages")
    p.b.wait("document.querySelector('.empty')")
    p.shot("messages_none")
    open_process(p, ":ping")
    p.b.click("[data-act=watch]")
    p.b.wait("document.querySelectorAll('#main svg path[marker-end]').length >= 4")
    p.b.wait("/:ping, /.test(document.querySelector('#main svg').textContent) && /:pong, /.test(document.querySelector('#main svg').textContent)")
    p.shot("messages")
    p.b.click("[data-unwatch]")
    p.b.wait("document.querySelector('.empty')")


def test_the_profile(p):
    p.view("profile")
    p.shot("profile_none")
    p.b.run("document.getElementById('span').value = '1000'")
    p.b.click("[data-profile]")
    p.b.wait("/Work\\.fib\\/1/.test((document.querySelector('.flame') || {}).textContent || '')")
    p.shot("profile")


def test_every_view_on_a_phone(p):
    p.b.size(390, 844, phone=True)
    for view in ("overview", "processes", "tree", "names", "tables", "modules", "timers", "ports", "messages", "profile"):
        p.view(view)
        p.shot("phone_" + view)
        # the mark of the view is in sight
        equal(p.b.run("(() => { const r = document.querySelector('nav a.on').getBoundingClientRect(); return r.left >= -1 && r.right <= innerWidth + 1; })()"), True)
    open_process(p, ":apples")
    p.shot("phone_process")
    p.b.click("[data-close]")
    p.b.size(1440, 900)


def test_in_the_dark(p):
    p.b.dark(True)
    for view in ("overview", "processes", "profile"):
        p.view(view)
        p.shot("dark_" + view)
    p.b.dark(False)


def test_the_vm_ends(p):
    p.view("overview")
    p.b.errors.clear()
    p.vm.kill()
    p.b.wait("/does not answer/.test(document.getElementById('state').innerText)")
    p.shot("lost")
    p.b.errors.clear()


def test_a_dump(p):
    """Comes last: the address is another one."""
    process = subprocess.Popen([p.phial, "observer", p.dump], stderr=subprocess.PIPE)
    try:
        p.b.open(re.search(r"http://\S+", process.stderr.readline().decode()).group())
        p.b.wait("/taken for the test/.test(document.getElementById('main').innerText)")
        p.shot("dump")
        open_process(p, ":plums")
        equal(p.b.run("[...document.querySelectorAll('[data-act]')].filter(b => b.getClientRects().length).length"), 0)
        p.shot("dump_process")
        p.b.click("[data-close]")
        p.view("tree")
        p.b.wait("/Shop/.test(document.getElementById('main').innerText)")
    finally:
        process.kill()
        process.wait()


TESTS = [test_overview, test_the_table_of_fifty_thousand, test_a_process, test_the_tree_and_a_restart, test_tables, test_names_timers_and_ports, test_modules,
         test_messages, test_the_profile, test_every_view_on_a_phone, test_in_the_dark, test_the_vm_ends, test_a_dump]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("phial")
    parser.add_argument("--screenshots", metavar="DIR")
    options = parser.parse_args()
    path = browsers.find()
    if not path:
        print("skipped: there is no Chromium (apt-get install chromium)")
        return SKIPPED
    if options.screenshots:
        os.makedirs(options.screenshots, exist_ok=True)
    phial = os.path.abspath(options.phial)
    work = tempfile.mkdtemp(prefix="phial-observer-")
    dump = os.path.join(work, "look.dump")
    vm = subprocess.Popen([phial, "--schedulers", "2", os.path.join(HERE, "program.exs")], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=work, env=dict(os.environ, DUMP=dump))
    browser = browsers.Browser(path)
    failed = 0
    try:
        address = re.search(r"http://\S+", vm.stderr.readline().decode()).group()
        page = Page(browser, options.screenshots)
        page.vm, page.phial, page.dump = vm, phial, dump
        page.jit = os.environ.get("PHIAL_TEST_JIT") != "off"
        browser.size(1440, 900)
        browser.dark(False)
        browser.open(address)
        browser.wait("document.querySelector('#main h1')")
        for test in TESTS:
            started = time.monotonic()
            try:
                said = test(page)
                if browser.errors:
                    raise AssertionError("errors in the page: " + "; ".join(browser.errors))
                print(f"ok   {test.__name__} {time.monotonic() - started:.1f} s{' (' + said + ')' if said else ''}", flush=True)
            except AssertionError as error:
                failed += 1
                browser.run("closeSheet(), table.filter = ''")
                browser.errors.clear()
                print(f"FAIL {test.__name__}: {error}", flush=True)
    finally:
        browser.close()
        vm.kill()
        vm.wait()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
