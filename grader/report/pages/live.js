"use strict";
// A served page loads itself again once it has changed. What was chosen in it stays: filters, the order of rows, what is unfolded.

const CHANGES = document.currentScript.dataset.changes, KEPT = "kept " + location.pathname;
const fields = () => [...document.querySelectorAll("select, input")];
const heads = () => [...document.querySelectorAll("th[aria-sort]")];
const details = () => [...document.querySelectorAll("details")];

function keep() {
  const chosen = fields().map((field) => (field.type === "checkbox" ? field.checked : field.value));
  const orders = heads().map((head) => head.getAttribute("aria-sort")), open = details().map((one) => one.open);
  sessionStorage.setItem(KEPT, JSON.stringify({ chosen, orders, open, top: scrollY }));
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  sessionStorage.removeItem(KEPT);
  if (kept === null) return;
  heads().forEach((head, index) => {
    const order = kept.orders[index] ?? "none", button = head.querySelector("button");
    if (order !== "none") button.click();
    if (order !== "none" && head.getAttribute("aria-sort") !== order) button.click();
  });
  fields().forEach((field, index) => { field[field.type === "checkbox" ? "checked" : "value"] = kept.chosen[index] ?? ""; });
  fields()[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  details().forEach((one, index) => { one.open = kept.open[index] ?? one.open; });
  scrollTo(0, kept.top);
}

let events = null;
function listen() {
  events?.close(); // a page that nobody sees holds no connection: browsers have few for one address
  events = document.hidden ? null : new EventSource(CHANGES);
  if (events !== null) events.onmessage = () => { keep(); location.reload(); };
}

restore();
document.addEventListener("visibilitychange", listen);
listen();
