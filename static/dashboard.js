"use strict";

const POLL_MILLISECONDS = 2000;
const NO_DATA = "No data";
const STALE_MILLISECONDS = 6000;

const main = document.getElementById("main");
const headline = document.getElementById("headline");
const answer = document.querySelector(".answer");
const announcement = document.getElementById("announcement");

let verdict = document.title.replace(" · Nazh Engine", "");
let freshSince = Date.now();
let timer = 0;

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function announce(text) {
  if (text !== verdict && !text.startsWith("Waiting until")) write(announcement, text);
  verdict = text;
}

function drawRow(template, row) {
  const drawn = template.content.cloneNode(true);
  for (const cell of drawn.querySelectorAll("[data-cell]")) cell.textContent = row[cell.dataset.cell];
  for (const dot of drawn.querySelectorAll("[data-tone]")) dot.dataset.tone = row.tone;
  for (const bar of drawn.querySelectorAll("rect")) bar.setAttribute("width", row.width);
  return drawn;
}

function drawRows(list, rows) {
  const state = JSON.stringify(rows);
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  const template = list.querySelector("template");
  list.replaceChildren(template, ...rows.map((row) => drawRow(template, row)));
  const empty = list.nextElementSibling;
  if (empty) empty.hidden = rows.length > 0;
}

function show(status) {
  if (main.dataset.build !== `${status.version} ${status.commit}`) return location.reload();
  freshSince = Date.now();
  for (const element of document.querySelectorAll("[data-text]")) write(element, status.texts[element.dataset.text] ?? "");
  for (const path of document.querySelectorAll("[data-path]")) path.setAttribute("d", status.paths[path.dataset.path] ?? "");
  for (const part of document.querySelectorAll("[data-needs]")) part.hidden = !status.paths[part.dataset.needs];
  for (const list of document.querySelectorAll("[data-rows]")) drawRows(list, status.rows[list.dataset.rows] ?? []);
  main.dataset.tone = status.tone;
  main.classList.toggle("is-stale", status.is_stale);
  document.title = `${status.verdict} · Nazh Engine`;
  announce(status.verdict);
}

function showSilence() {
  const silent = Date.now() - freshSince;
  if (document.hidden || silent < STALE_MILLISECONDS) return;
  const text = `No data for ${Math.round(silent / 1000)} s`;
  if (verdict !== NO_DATA) {
    write(answer, `Last known: ${verdict}.`);
    announce(NO_DATA);
  }
  write(document.querySelector(".reason"), "");
  write(headline, text);
  document.title = `${text} · Nazh Engine`;
  main.dataset.tone = "stale";
  main.classList.add("is-stale");
}

async function poll() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const response = await fetch("/api/status", { signal: AbortSignal.timeout(2 * POLL_MILLISECONDS) });
    if (response.ok) show(await response.json());
  } catch {
    // Nothing to show: the silence shows itself, and the next poll tries again.
  }
  showSilence();
  clearTimeout(timer);
  timer = setTimeout(poll, POLL_MILLISECONDS);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  freshSince = Date.now();
  poll();
});
setInterval(showSilence, 1000);
timer = setTimeout(poll, POLL_MILLISECONDS);
