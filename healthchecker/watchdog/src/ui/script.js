"use strict";
const page = document.body.dataset, ahead = page.now - Date.now(), said = document.getElementById("said");
const units = [["d", 864e5], ["h", 36e5], ["m", 6e4], ["s", 1e3]];
const span = (ms) => {
  const at = units.findIndex(([, size]) => ms >= size);
  if (at < 0) return "0s";
  const [unit, size] = units[at], next = units[at + 1], rest = next ? Math.floor(ms % size / next[1]) : 0;
  return Math.floor(ms / size) + unit + (rest ? " " + rest + next[0] : "");
};
const put = (of, text) => { if (of.textContent !== text) of.textContent = text; };
const tell = (root) => {
  const now = Date.now() + ahead;
  for (const time of root.querySelectorAll("time")) {
    const away = Date.parse(time.dateTime) - now;
    if (time.title !== time.dateTime) time.title = time.dateTime;
    put(time, away > 0 ? "in " + span(away) : span(-away) + " ago");
  }
  for (const down of root.querySelectorAll("[data-from]")) put(down, span(now - down.dataset.from));
};
const before = (a, b) => a.dataset.rank - b.dataset.rank || (a.cells[1].textContent < b.cells[1].textContent ? -1 : 1);
const place = (row, rows) => {
  let from = 0, to = rows.length;
  while (from < to) { const at = from + to >> 1; if (before(rows[at], row) < 0) from = at + 1; else to = at; }
  return rows[from] ?? null;
};
const swap = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html;
  const piece = box.content.firstElementChild, old = document.getElementById(piece.id), body = document.querySelector("tbody");
  const at = old?.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const shut = new Map(Array.from(old?.querySelectorAll("details") ?? [], (one) => [one.dataset.path, one.open]));
  for (const one of piece.querySelectorAll("details")) one.open = shut.get(one.dataset.path) ?? one.open;
  tell(piece);
  if (piece.tagName !== "TR") { if (old) old.replaceWith(piece); else return location.reload(); }
  else { if (!body) return location.reload(); old?.remove(); body.insertBefore(piece, place(piece, body.rows)); }
  if (at !== null) Array.from(piece.querySelectorAll("a")).find((one) => one.getAttribute("href") === at)?.focus({ preventScroll: true });
};
let source, last = page.after, seen = page.now;
const listen = () => {
  source = new EventSource(page.events + (page.events.includes("?") ? "&" : "?") + "after=" + last + "&at=" + seen);
  const on = (name, act) => source.addEventListener(name, (event) => { last = event.lastEventId || last; act(event.data); });
  on("piece", swap);
  on("gone", (id) => document.getElementById("w" + id)?.remove());
  on("resync", (ms) => { source.close(); setTimeout(() => location.reload(), +ms); });
  on("kicks", (all) => {
    for (const [id, kicked, due] of JSON.parse(all)) {
      const row = document.getElementById("w" + id), cells = row?.cells;
      if (!cells) continue;
      for (const [cell, at] of [[cells[6], kicked], [cells[3], due]]) {
        if (cell.firstChild?.dateTime !== undefined && at) cell.firstChild.dateTime = at;
      }
      tell(row);
    }
  });
  source.onopen = () => { said.textContent = "live"; };
  source.onerror = () => {
    said.textContent = "not connected: what is shown may be old";
    if (source.readyState === 2) setTimeout(() => location.reload(), 1e4);
  };
};
tell(document.querySelector("main"));
setInterval(() => tell(document.querySelector("main")), document.querySelectorAll("tr").length > 1000 ? 5000 : 1000);
listen();
document.addEventListener("visibilitychange", () => {
  source.close();
  if (document.hidden) seen = Date.now() + ahead - 3000; else listen();
});
