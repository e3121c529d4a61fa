"""Looks at the page of `watchdog serve` with a headless Chromium, over the pipe that
its DevTools protocol has: page.py CHROMIUM ROOM URL CHECK [WORD]...

Each check fails where the browser says anything on its console, or asks any other
server than the page's.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time

BOUND = 20


class Browser:
    """One browser with one page, which ends with it."""

    def __init__(self, program, room, base):
        self.base = base
        self.number = 0
        self.answers = {}
        self.said = []
        self.asked = []
        self.events = queue.Queue()
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()
        words = [
            "bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "chromium", program,
            "--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", "--disable-component-update",
            "--disable-dev-shm-usage", "--remote-debugging-pipe",
            f"--user-data-dir={room}/browser", "about:blank",
        ]
        # Chromium has no sandbox for root.
        if os.geteuid() == 0:
            words.insert(5, "--no-sandbox")
        with open(f"{room}/browser.log", "ab") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=(to_read, to_write),
            )
        os.close(to_read)
        os.close(to_write)
        threading.Thread(target=self.read, daemon=True).start()
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            self.tell(f"{domain}.enable")

    session = None

    def read(self):
        rest = b""
        while True:
            try:
                more = os.read(self.back, 1 << 20)
            except OSError:
                more = b""
            if not more:
                self.events.put(None)
                return
            *messages, rest = (rest + more).split(b"\0")
            for message in map(json.loads, messages):
                self.hear(message)

    def hear(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.said.append(params["exceptionDetails"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.said.append(str(params["args"]))
        elif method == "Log.entryAdded":
            self.said.append(params["entry"]["text"])
        self.events.put(message)

    def ask(self, method, params=None):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params or {}}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        return self.wait(lambda found: found.get("id") == message["id"], method)["result"]

    tell = ask

    def wait(self, is_it, what):
        until = time.monotonic() + BOUND
        while True:
            try:
                message = self.events.get(timeout=max(0, until - time.monotonic()))
            except queue.Empty:
                sys.exit(f"waited {BOUND} s in vain for {what}")
            if message is None:
                sys.exit("Chromium has ended by itself")
            if is_it(message):
                if "error" in message:
                    sys.exit(f"{what}: {message['error']}")
                return message

    def open(self, path):
        self.tell("Page.navigate", {"url": self.base + path})
        self.wait(lambda found: found.get("method") == "Page.loadEventFired", "the page")

    def run(self, script):
        result = self.ask(
            "Runtime.evaluate",
            {"expression": script, "returnByValue": True, "awaitPromise": True},
        )
        if "exceptionDetails" in result:
            sys.exit(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, what, script):
        until = time.monotonic() + BOUND
        while not self.run(script):
            if time.monotonic() > until:
                sys.exit(f"waited {BOUND} s in vain for {what}: {self.run('document.body.innerText')}")
            time.sleep(0.01)

    def size(self, width, height):
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )

    def prefers(self, scheme):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.tell("Emulation.setEmulatedMedia", {"features": features})

    def end(self):
        """What must be so whatever was looked at."""
        foreign = [url for url in self.asked if not url.startswith((self.base, "data:", "about:"))]
        expect("requests to others", foreign, [])
        expect("the console", self.said, [])
        self.process.kill()
        self.process.wait()


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: expected {wanted!r}, found {found!r}")


STATES = """Object.fromEntries(Array.from(document.querySelectorAll('tbody tr'),
    (row) => [row.querySelector('a').textContent, row.querySelector('.state').textContent]))"""


def states(browser, *wanted):
    """The states that are shown, in order: NAME=STATE…"""
    browser.open("/ui/")
    wanted = dict(word.split("=") for word in wanted)
    found = browser.run(STATES)
    expect("states", list(found.items()), list(wanted.items()))
    expect("live", browser.run("new Promise(done => { const see = () => "
           "said.textContent === 'live' ? done(1) : setTimeout(see, 10); see(); })"), 1)
    browser.until("relative times", "/ ago$/.test(document.querySelector('tbody time').textContent)")


def live(browser, name, state, *command):
    """What COMMAND does is on the screen within a second of its end, without a reload."""
    browser.open("/ui/")
    browser.run("window.mark = 'the same page'")
    browser.until("the connection", "said.textContent === 'live'")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    begun = time.monotonic()
    browser.until(f"{name} to be {state}", f"({STATES})[{json.dumps(name)}] === {json.dumps(state)}")
    took = time.monotonic() - begun
    print(f"on the screen {took * 1000:.0f} ms after the answer")
    if took > 1:
        sys.exit("that is more than a second")
    expect("the page", browser.run("window.mark"), "the same page")
    browser.until("the count", "document.querySelector('#counts .down b').textContent > 0")
    expect("the first row", browser.run(f"Object.keys({STATES})[0]"), name)


def again(browser, name, *command):
    """A kick is on the screen though no state changes."""
    last = f"""Array.from(document.querySelectorAll('tbody tr'))
        .find((row) => row.querySelector('a').textContent === {json.dumps(name)})
        .cells[6].querySelector('time').dateTime"""
    browser.open("/ui/")
    before = browser.run(last)
    # Times are shown to the second.
    browser.until("another second", f"Date.now() > Date.parse({json.dumps(before)}) + 1100")
    browser.until("the connection", "said.textContent === 'live'")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    browser.until("a later kick", f"{last} > {json.dumps(before)}")


def plain(browser, name, *_):
    """Without a script all is there, and is asked for again by itself."""
    browser.tell("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.open("/ui/")
    document = browser.ask("DOM.getDocument")["root"]["nodeId"]

    def found(selector):
        asked = {"nodeId": document, "selector": selector}
        return browser.ask("DOM.querySelectorAll", asked)["nodeIds"]

    expect("refreshes", len(found("meta[http-equiv=refresh]")), 1)
    texts = [browser.ask("DOM.getOuterHTML", {"nodeId": node})["outerHTML"] for node in found("tbody tr")]
    if not any(name in text and "UTC" not in text for text in texts):
        sys.exit(f"no row has {name}: {texts}")


def narrow(browser, *paths):
    """360 pixels are enough: nothing is wider, and tables are tables."""
    browser.size(360, 780)
    for path in paths:
        browser.open(path)
        wide = browser.run("""Array.from(document.querySelectorAll('body *'))
            .filter((one) => one.getBoundingClientRect().right > 360.5 && !one.closest('pre, svg'))
            .map((one) => one.outerHTML.slice(0, 200))""")
        expect(f"too wide at {path}", wide, [])
        expect(f"the width of {path}", browser.run("document.documentElement.scrollWidth"), 360)
    browser.open("/ui/")
    tree = browser.ask("Accessibility.getFullAXTree")["nodes"]
    roles = {node.get("role", {}).get("value") for node in tree}
    for role in ("banner", "main", "navigation", "search", "table", "row", "rowheader", "heading"):
        if role not in roles:
            sys.exit(f"nothing has the role {role}: {sorted(map(str, roles))}")


CONTRAST = """(() => {
    const light = (text) => {
        const [r, g, b] = text.match(/[\\d.]+/g).map((one) => one / 255)
            .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const back = light(getComputedStyle(document.documentElement).backgroundColor);
    return Array.from(document.querySelectorAll('body *'))
        .filter((one) => Array.from(one.childNodes).some((node) => node.nodeType === 3 && node.data.trim())
            && !['SCRIPT', 'STYLE', 'TITLE'].includes(one.tagName))
        .map((one) => {
            const tone = light(getComputedStyle(one).color);
            return [(Math.max(tone, back) + 0.05) / (Math.min(tone, back) + 0.05), one.outerHTML.slice(0, 99)];
        })
        .filter(([ratio]) => ratio < 4.5);
})()"""


def colours(browser, *paths):
    """Dark and light as the browser prefers, each to be read: AA is 4.5 to 1."""
    backs = []
    for scheme in ("light", "dark"):
        browser.prefers(scheme)
        for path in paths:
            browser.open(path)
            expect(f"too pale, {scheme}, {path}", browser.run(CONTRAST), [])
        backs.append(browser.run("getComputedStyle(document.documentElement).backgroundColor"))
    if backs[0] == backs[1]:
        sys.exit(f"dark is as light: {backs}")


def keys(browser, *_):
    """Whoever has no mouse sees where they are, and keeps it when a row is swapped."""
    browser.open("/ui/")
    seen = []
    for _ in range(4):
        for kind in ("keyDown", "keyUp"):
            key = {"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
            browser.tell("Input.dispatchKeyEvent", key)
        seen.append(browser.run("""(() => {
            const style = getComputedStyle(document.activeElement);
            return document.activeElement !== document.body && style.outlineStyle !== 'none'
                && parseFloat(style.outlineWidth) >= 2;
        })()"""))
    expect("focus to be seen", seen, [True] * 4)
    browser.run("window.link = document.querySelector('tbody a'); window.link.focus()")
    html = "document.querySelector('tbody tr').outerHTML"
    browser.run(f"swap({html})")
    expect("the row", browser.run("window.link.isConnected"), False)
    expect("focus", browser.run("document.activeElement.href === window.link.href"), True)


def watch(browser, path, text, *absent):
    """The page of a watch: its strip, what came with it, and nothing secret."""
    browser.open("/ui/")
    browser.run(f"document.querySelector('a[href=\"{path}\"]').click()")
    browser.wait(lambda found: found.get("method") == "Page.loadEventFired", "its page")
    expect("days", browser.run("document.querySelectorAll('.strip g').length"), 90)
    whole = browser.run("document.documentElement.outerHTML")
    inner = browser.run("document.querySelector('main').innerText")
    if text not in inner:
        sys.exit(f"{text!r} is not there: {inner}")
    for secret in absent:
        if secret in whole:
            sys.exit(f"{secret!r} is there")


def inert(browser, *_):
    """Names and reasons that look like markup are text."""
    for path in ("/ui/", "/ui/?view=tree"):
        browser.open(path)
        found = browser.run("document.querySelectorAll('main img, main script, main iframe, main b b').length")
        expect(f"elements at {path}", found, 0)
        if "<img" not in browser.run("document.querySelector('main').textContent"):
            sys.exit(f"the name is not shown at {path}")


def main():
    program, room, base, check, *words = sys.argv[1:]
    browser = Browser(program, room, base)
    try:
        checks = (states, live, again, plain, narrow, colours, keys, watch, inert)
        {check.__name__: check for check in checks}[check](browser, *words)
        browser.end()
    finally:
        browser.process.kill()
        browser.process.wait()


main()
