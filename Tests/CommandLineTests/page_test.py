"""Opens a report's page in a real headless Chromium, by chromedriver's HTTP interface alone.

usage: page_test.py PAGE [SCREENSHOTS]

Says what fails and exits with 1; prints the number of checks otherwise.
"""

import base64
import json
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]
checks = 0


def check(holds, what):
    global checks
    checks += 1
    if not holds:
        sys.exit(f"page_test: {what}")


def call(method, path, body=None):
    data = None if body is None and method == "GET" else json.dumps(body or {}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}", data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["value"]


class Browser:
    def __init__(self):
        for _ in range(100):
            try:
                if call("GET", "/status")["ready"]:
                    break
            except OSError:
                time.sleep(0.1)
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        capabilities = {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        started = call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = "/session/" + started["sessionId"]

    def post(self, path, body=None):
        return call("POST", self.session + path, body)

    def run(self, script):
        return self.post("/execute/sync", {"script": script, "args": []})

    def find(self, selector):
        found = self.post("/element", {"using": "css selector", "value": selector})
        return "/element/" + next(iter(found.values()))

    def click(self, selector):
        self.post(self.find(selector) + "/click")

    def keys(self, selector, text):
        self.post(self.find(selector) + "/value", {"text": text})

    def command(self, name, parameters):
        return self.post("/goog/cdp/execute", {"cmd": name, "params": parameters})

    def screenshot(self, path):
        image = call("GET", self.session + "/screenshot")
        pathlib.Path(path).write_bytes(base64.b64decode(image))

    def complaints(self):
        return [entry["message"] for entry in self.post("/se/log", {"type": "browser"})]


def column(browser, index):
    return browser.run(
        "return [...document.querySelectorAll('#comparison-table tbody tr')]"
        f".map(row => row.cells[{index}].getAttribute('data-v') ?? row.cells[{index}].textContent)"
    )


def numbers(values):
    return [float(value) for value in values if value not in ("", None)]


def examine(browser, page, shots):
    browser.post("/url", {"url": page.resolve().as_uri()})
    check(browser.complaints() == [], "the console complains")
    check(browser.run("return window.injected === undefined"), "text of a scenario was run")
    check(browser.run("return document.scripts.length") == 1, "there is another script")
    check(
        browser.run("return document.querySelectorAll('img,iframe,object,b,u').length") == 0,
        "text of a scenario became markup",
    )
    outside = "return performance.getEntriesByType('resource').map(entry => entry.name)"
    check(
        all(name.startswith("data:") for name in browser.run(outside)), "something else was fetched"
    )

    heads = browser.run(
        "return [...document.querySelectorAll('#comparison-table th')].map(h => h.textContent)"
    )
    index = next(i for i, head in enumerate(heads) if head.startswith("latency, mean"))
    button = f"#comparison-table th:nth-child({index + 1}) button"
    browser.click(button)
    values = column(browser, index)
    check(numbers(values) == sorted(numbers(values)), "a click does not sort")
    check(len(numbers(values)) > 1, "there is nothing to sort")
    first_empty = next((i for i, value in enumerate(values) if value == ""), len(values))
    check(all(value == "" for value in values[first_empty:]), "missing values do not come last")
    browser.keys(button, "\ue007")
    values = column(browser, index)
    check(numbers(values) == sorted(numbers(values), reverse=True), "Enter does not sort")
    names = next(i for i, head in enumerate(heads) if head == "policy")
    browser.click(f"#comparison-table th:nth-child({names + 1}) button")
    check(column(browser, names) == sorted(column(browser, names)), "names do not sort")

    figures = browser.run("return document.querySelectorAll('figure > svg').length")
    check(figures >= 4, "figures are missing")
    # Values without a mouse: focus and arrow keys.
    before = browser.run("return document.querySelector('.readout').textContent")
    browser.run("document.querySelector('figure > svg').focus()")
    browser.post(
        "/actions",
        {
            "actions": [
                {
                    "type": "key",
                    "id": "keyboard",
                    "actions": [
                        {"type": "keyDown", "value": "\ue014"},
                        {"type": "keyUp", "value": "\ue014"},
                    ],
                }
            ]
        },
    )
    after = browser.run("return document.querySelector('.readout').textContent")
    check(before != after and any(c.isdigit() for c in after), "arrow keys read out no value")
    # And with one.
    svg = browser.run(
        "const svg = document.querySelectorAll('figure > svg')[1]; svg.scrollIntoView();"
        "const box = svg.getBoundingClientRect();"
        "return [Math.round(box.x + box.width / 2), Math.round(box.y + Math.min(box.height, 200) / 2)]"
    )
    move = {"type": "pointerMove", "x": svg[0], "y": svg[1], "duration": 50}
    browser.post(
        "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": [move]}]}
    )
    hovered = browser.run("return document.querySelectorAll('.readout')[1].textContent")
    check(any(c.isdigit() for c in hovered), "hovering reads out no value")

    # Filters, where there is something to filter.
    if browser.run("return document.querySelectorAll('select[data-column]').length"):
        browser.run(
            "const s = document.querySelector('select[data-column]');"
            "s.selectedIndex = 1; s.dispatchEvent(new Event('change'))"
        )
        shown, wanted, at = browser.run(
            "const s = document.querySelector('select[data-column]');"
            "return [[...document.querySelectorAll('#comparison-table tbody tr')]"
            ".filter(r => !r.hidden).map(r => r.cells[s.dataset.column].textContent),"
            "s.value, s.dataset.column]"
        )
        check(shown and all(value == wanted for value in shown), f"filter {at} does not filter")

    ground = "return getComputedStyle(document.body).backgroundColor"
    light = browser.run(ground)
    if shots:
        browser.run("window.scrollTo(0, 0)")
        browser.screenshot(f"{shots}/light.png")
    browser.command(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    check(browser.run(ground) != light, "there is no dark page")
    if shots:
        browser.screenshot(f"{shots}/dark.png")
    browser.command("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = "return getComputedStyle(document.querySelector('nav')).display"
    check(browser.run(hidden) == "none", "paper shows what only a screen can use")
    printed = browser.command("Page.printToPDF", {})
    check(len(base64.b64decode(printed["data"])) > 10_000, "the page does not print")
    if shots:
        pathlib.Path(f"{shots}/print.pdf").write_bytes(base64.b64decode(printed["data"]))
    browser.command("Emulation.setEmulatedMedia", {"media": "", "features": []})
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.command("Emulation.setDeviceMetricsOverride", phone)
    if shots:
        browser.run("window.scrollTo(0, 0)")
        browser.screenshot(f"{shots}/phone.png")
    wide = browser.run(
        "return [document.documentElement.scrollWidth, [...document.querySelectorAll('body *')]"
        ".filter(e => e.getBoundingClientRect().right > 361 && !e.parentNode.closest('.scroll, pre'))"
        ".map(e => e.tagName + ' ' + e.className).slice(0, 5)]"
    )
    check(wide[0] <= 360, f"a phone has to scroll sideways: {wide}")
    check(browser.complaints() == [], "the console complains")


def main():
    page = pathlib.Path(sys.argv[1])
    shots = sys.argv[2] if len(sys.argv) > 2 else None
    driver = subprocess.Popen(
        ["chromedriver", f"--port={PORT}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        browser = Browser()
        try:
            examine(browser, page, shots)
        finally:
            call("DELETE", browser.session)
    finally:
        # Not terminate: a child of a test may have inherited that the signal is ignored.
        driver.kill()
        driver.wait()
    print(f"{checks} checks hold")


main()
