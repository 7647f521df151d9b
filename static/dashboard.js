"use strict";

const POLL_MILLISECONDS = 2000;

function show(status) {
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = status.text[element.dataset.text] ?? "–";
  }
}

async function poll() {
  if (!document.hidden) {
    try {
      const answer = await fetch("api/status", { cache: "no-store" });
      if (answer.ok) show(await answer.json());
    } catch {
      // The next poll tries again.
    }
  }
  setTimeout(poll, POLL_MILLISECONDS);
}

setTimeout(poll, POLL_MILLISECONDS);
