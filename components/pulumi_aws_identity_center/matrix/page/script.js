"use strict";
// All text goes in as textContent. The filters stand in the address after #, so that a view can be sent to somebody.
const PAGE = 100;
const FIELDS = ["q", "who", "account", "set", "kind", "change"];
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const count = data.grants.length / 3;

const principals = data.principals.map(([type, id, name]) => ({ type, id, label: name || id || "(known only in the update)" }));
const accounts = data.accounts.map(([id, name]) => ({ id, label: name || id }));
const sets = data.sets.map((name) => ({ id: null, label: name }));
for (const entity of [...principals, ...accounts, ...sets]) {
  entity.text = `${entity.label} ${entity.id || ""}`.toLowerCase();
}
const KINDS = { who: principals, set: sets, account: accounts };
const OFFSET = { who: 0, set: 1, account: 2 };
const rank = (entities) => {
  const order = entities.map((_, index) => index).sort((a, b) => compare(entities[a], entities[b]));
  const ranks = new Uint32Array(entities.length);
  order.forEach((index, place) => { ranks[index] = place; });
  return ranks;
};
const compare = (a, b) => a.label.localeCompare(b.label, undefined, { numeric: true }) || a.text.localeCompare(b.text);
const RANKS = { who: rank(principals), set: rank(sets), account: rank(accounts) };
const of = (grant, kind) => data.grants[grant * 3 + OFFSET[kind]];

const state = { view: "grants", page: 0, sort: "who", descending: false };

function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

// --- which grants ---

// A part of a name or id; in quotes, a whole one.
function matching(entities, text) {
  const wanted = text.trim().toLowerCase();
  const whole = /^"(.+)"$/.exec(wanted)?.[1];
  if (whole) return entities.map(({ label, id }) => [label, id || ""].some((name) => name.toLowerCase() === whole));
  return wanted === "" ? null : entities.map((entity) => entity.text.includes(wanted));
}

function filtered() {
  const value = Object.fromEntries(FIELDS.map((id) => [id, byId(id).value]));
  const only = Object.fromEntries(["who", "account", "set"].map((kind) => [kind, matching(KINDS[kind], value[kind])]));
  const words = value.q.trim().toLowerCase().split(/\s+/).filter(Boolean)
    .map((word) => Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, matching(KINDS[kind], word)])));
  const result = [];
  for (let grant = 0; grant < count; grant += 1) {
    const [who, set, account] = [of(grant, "who"), of(grant, "set"), of(grant, "account")];
    const fits = (!only.who || only.who[who]) && (!only.set || only.set[set]) && (!only.account || only.account[account])
      && (!value.kind || principals[who].type === value.kind)
      && (!value.change || String(data.changes[grant]) === value.change)
      && words.every((word) => word.who[who] || word.set[set] || word.account[account]);
    if (fits) result.push(grant);
  }
  return result;
}

// --- views: each has columns, rows in order, and how a row is drawn ---

function entityCell(kind, index, tag = "td") {
  const entity = KINDS[kind][index];
  const cell = element(tag);
  if (kind === "who") cell.append(element("span", entity.type === "GROUP" ? "group" : "person", "kind"));
  cell.append(entity.label);
  if (entity.id && entity.id !== entity.label && kind === "account") cell.append(element("span", entity.id, "id"));
  return cell;
}

const COLUMNS = { who: "Person or group", set: "Permission set", account: "Account" };

function grantsView(grants) {
  const columns = Object.keys(COLUMNS).map((kind) => ({ key: kind, label: COLUMNS[kind] }));
  if (data.changes) columns.unshift({ key: "change", label: "Change" });
  const first = state.sort in RANKS || (state.sort === "change" && data.changes) ? state.sort : "who";
  const value = (grant, key) => (key === "change" ? -data.changes[grant] : RANKS[key][of(grant, key)]);
  const order = [first, ...Object.keys(RANKS).filter((kind) => kind !== first)];
  const sign = state.descending ? -1 : 1;
  grants.sort((a, b) => {
    for (const key of order) {
      const difference = value(a, key) - value(b, key);
      if (difference) return key === first ? sign * difference : difference;
    }
    return 0;
  });
  const draw = (grant) => {
    const row = element("tr");
    if (data.changes) {
      const gains = data.changes[grant] > 0;
      row.append(element("td", gains ? "+ gains" : "− loses", gains ? "gain" : "lose"));
    }
    row.append(entityCell("who", of(grant, "who"), "th"), entityCell("set", of(grant, "set")), entityCell("account", of(grant, "account")));
    row.querySelector("th").scope = "row";
    return row;
  };
  return { columns, rows: grants, draw, sorted: first, caption: data.changes ? "Changes" : "Grants" };
}

function groupedView(kind, grants) {
  const others = Object.keys(COLUMNS).filter((other) => other !== kind);
  const groups = new Map();
  for (const grant of grants) {
    const index = of(grant, kind);
    if (!groups.has(index)) groups.set(index, { index, grants: 0, who: new Set(), set: new Set(), account: new Set() });
    const group = groups.get(index);
    group.grants += 1;
    for (const other of others) group[other].add(of(grant, other));
  }
  const plural = { who: "People and groups", set: "Permission sets", account: "Accounts" };
  const columns = [{ key: kind, label: COLUMNS[kind] }, ...others.map((other) => ({ key: other, label: plural[other], number: true })),
    { key: "grants", label: "Grants", number: true }];
  const sorted = columns.some((column) => column.key === state.sort) ? state.sort : kind;
  const value = (group) => (sorted === kind ? RANKS[kind][group.index] : sorted === "grants" ? group.grants : group[sorted].size);
  const sign = state.descending ? -1 : 1;
  const rows = [...groups.values()].sort((a, b) => sign * (value(a) - value(b)) || RANKS[kind][a.index] - RANKS[kind][b.index]);
  const draw = (group) => {
    const row = element("tr");
    const cell = entityCell(kind, group.index, "th");
    cell.scope = "row";
    const button = element("button", KINDS[kind][group.index].label);
    button.type = "button";
    button.setAttribute("aria-label", `Show the grants of ${button.textContent}`);
    button.addEventListener("click", () => showGrantsOf(kind, group.index));
    for (const node of [...cell.childNodes]) if (node.nodeType === Node.TEXT_NODE) node.replaceWith(button);
    row.append(cell);
    for (const other of others) row.append(element("td", group[other].size.toLocaleString("en"), "number"));
    row.append(element("td", group.grants.toLocaleString("en"), "number"));
    return row;
  };
  return { columns, rows, draw, sorted, caption: plural[kind] };
}

function showGrantsOf(kind, index) {
  const { label, id } = KINDS[kind][index];
  const isOneOfMany = KINDS[kind].filter((entity) => entity.label === label).length > 1;
  byId(kind).value = `"${(isOneOfMany && id) || label}"`;
  document.querySelector("input[value=grants]").checked = true;
  state.view = "grants";
  refresh(true);
  byId("results").focus();
}

// --- drawing ---

function drawHead(view) {
  byId("head").replaceChildren(...view.columns.map((column) => {
    const cell = element("th", undefined, column.number ? "number" : "");
    cell.scope = "col";
    if (column.key === view.sorted) cell.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    const button = element("button", column.label);
    button.type = "button";
    button.dataset.key = column.key;
    button.addEventListener("click", () => {
      state.descending = view.sorted === column.key && !state.descending;
      state.sort = column.key;
      refresh(true);
      byId("head").querySelector(`[data-key=${column.key}]`).focus();
    });
    cell.append(button);
    return cell;
  }));
}

function refresh(fromStart) {
  if (fromStart) state.page = 0;
  const grants = filtered();
  const found = grants.length;
  const view = state.view === "grants" ? grantsView(grants) : groupedView(state.view, grants);
  const pages = Math.max(1, Math.ceil(view.rows.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const start = state.page * PAGE;
  drawHead(view);
  byId("rows").replaceChildren(...view.rows.slice(start, start + PAGE).map(view.draw));
  byId("caption").textContent = view.caption;
  const noun = `${data.changes ? "change" : "grant"}${count === 1 ? "" : "s"}`;
  byId("count").textContent = found === count ? `${count.toLocaleString("en")} ${noun}`
    : `${found.toLocaleString("en")} of ${count.toLocaleString("en")} ${noun}`;
  const last = Math.min(start + PAGE, view.rows.length);
  byId("page").textContent = view.rows.length ? `Rows ${(start + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${view.rows.length.toLocaleString("en")}` : "Nothing matches";
  byId("previous").disabled = state.page === 0;
  byId("next").disabled = state.page >= pages - 1;
  remember();
}

function remember() {
  const hash = new URLSearchParams();
  for (const id of FIELDS) if (byId(id).value) hash.set(id, byId(id).value);
  if (state.view !== "grants") hash.set("view", state.view);
  history.replaceState(null, "", `#${hash}`);
}

function recall() {
  const hash = new URLSearchParams(location.hash.slice(1));
  for (const id of FIELDS) byId(id).value = hash.get(id) || "";
  if (!data.changes) byId("change").value = "";
  const view = hash.get("view");
  state.view = Object.hasOwn(KINDS, view) ? view : "grants";
  document.querySelector(`input[name=view][value=${state.view}]`).checked = true;
}

function turn(pages) {
  state.page += pages;
  refresh(false);
  byId("results").scrollIntoView();
}

for (const [id, entities] of [["principals", principals], ["accounts", accounts], ["sets", sets]]) {
  const labels = [...new Set(entities.map((entity) => entity.label))].sort();
  byId(id).replaceChildren(...labels.map((label) => { const option = element("option"); option.value = label; return option; }));
}
byId("change-label").hidden = !data.changes;
byId("filters").addEventListener("input", () => refresh(true));
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("reset", () => setTimeout(() => refresh(true)));
byId("views").addEventListener("change", (event) => { state.view = event.target.value; state.descending = false; refresh(true); });
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "radio";
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); byId("q").focus(); }
});
addEventListener("hashchange", () => { recall(); refresh(true); });
recall();
refresh(true);
