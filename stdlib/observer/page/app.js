"use strict";
// The page: a view asks the VM for what it shows, once a second while it is in sight, and never for more.
const main = document.getElementById("main"), sheet = document.getElementById("sheet"), state = document.getElementById("state");
const table = { sort: "memory", order: "desc", filter: "", offset: 0, limit: 50 };
const open = new Set();
// The crash dump that is shown instead of a running VM: its head, or null. Nothing changes in it, so nothing is asked twice.
let dump = null;
let timer = null, view = "overview", opened = null, moduleFilter = "", profiled = null, events = [], watched = [], names = {};

async function ask(name, parameters, post) {
  try {
    const query = new URLSearchParams(parameters || {}).toString();
    const answer = await fetch("api/" + name + (post || !query ? "" : "?" + query), post ? { method: "POST", body: JSON.stringify(parameters) } : {});
    state.textContent = dump ? "crash dump" : "connected"; state.className = dump ? "lost" : "";
    return await answer.json();
  } catch (error) {
    state.textContent = "the VM does not answer"; state.className = "lost";
    return null;
  }
}

const pidButton = pid => pid && pid[0] === "<" ? `<button class="pid" data-pid="${escapeText(pid)}">${escapeText(pid)}</button>` : escapeText(pid || "");
const pids = list => list.length ? list.map(pidButton).join(" ") : '<span class="quiet">none</span>';
const rowsOrEmpty = (rows, columns, text) => rows.length ? rows.join("") : `<tr><td colspan="${columns}" class="empty">${text}</td></tr>`;
const head = columns => "<thead><tr>" + columns.map(([label, css]) => `<th class="${css || ""}">${label}</th>`).join("") + "</tr></thead>";

// Draws a view, unless another has been chosen since it was asked for.
function show(name, html) {
  if (name !== view) return;
  main.dataset.view = name;
  const field = document.activeElement, id = field && main.contains(field) ? field.id : null, caret = id && [field.selectionStart, field.selectionEnd];
  main.innerHTML = html;
  if (id && document.getElementById(id)) { const again = document.getElementById(id); again.focus(); if (caret[0] != null && again.setSelectionRange) again.setSelectionRange(caret[0], caret[1]); }
}

const duration = ms => { const s = Math.floor(ms / 1000); return s < 60 ? s + " s" : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`; };

function memoryByKind(memory) {
  const parts = ["processes", "binary", "ets", "code", "atom"].map(k => [k, memory[k] || 0]), total = memory.total || 1;
  parts.push(["other", Math.max(0, total - parts.reduce((a, [, v]) => a + v, 0))]);
  const shade = i => `color-mix(in oklab, var(--accent) ${100 - i * 16}%, var(--card))`;
  return `<div class="card apart"><h2>Memory by kind</h2><div class="bar">${parts.map(([, v], i) => `<span style="flex:${v};background:${shade(i)}"></span>`).join("")}</div>
    <div class="legend">${parts.map(([k, v], i) => `<span><i style="background:${shade(i)}"></i>${k} ${bytes(v)}</span>`).join("")}</div></div>`;
}

const views = {
  async overview() {
    const o = await ask("overview"); if (!o) return;
    if (o.dump) return crashed(o);
    const series = key => o.series.map(s => s[key]);
    const card = (label, value, small) => `<div class="card"><h2>${label}</h2><div class="figure">${value}</div><small>${small || "&nbsp;"}</small></div>`;
    show("overview", `<h1>Overview</h1><div class="grid">
      ${card("Processes", compact(o.process_count), "of " + compact(o.process_limit))}
      ${card("Run queue", o.run_queue, o.schedulers + " schedulers")}
      ${card("Memory", bytes(o.memory.total), "in all")}
      ${card("Atoms", compact(o.atom_count), "of " + compact(o.atom_limit))}
      ${card("Modules", o.modules, o.ets_count + " tables, " + o.port_count + " ports")}
      ${card("Up", duration(o.uptime), "Phial " + escapeText(o.phial) + ", Elixir " + escapeText(o.version))}</div>
      ${memoryByKind(o.memory)}
      <div class="charts">${curve("Reductions a second", series("reductions"), compact)}${curve("Memory", series("memory"), bytes)}
      ${curve("Processes", series("processes"), compact)}${curve("Run queue", series("run_queue"), compact)}
      ${curve("Collections a second", series("collections"), compact)}${curve("Input and output a second", o.series.map(s => s.input + s.output), bytes)}</div>`);
  },

  async processes() {
    const asked = JSON.stringify(table), answer = await ask("processes", table);
    // What was asked before the last change of sort, page or filter is no answer to it.
    if (!answer || asked !== JSON.stringify(table)) return;
    const column = (key, label, css) => `<th data-sort="${key}" tabindex="0" class="${css || ""} ${table.sort === key ? "by" : ""}">${label}${table.sort === key ? (table.order === "desc" ? " ↓" : " ↑") : ""}</th>`;
    const rows = answer.rows.map(p => `<tr class="go" data-pid="${p.pid}"><td class="mono">${escapeText(p.pid)}</td><td>${escapeText(p.name)}</td><td class="mono quiet narrow">${escapeText(p.initial)}</td>
      <td class="n">${bytes(p.memory)}</td><td class="n">${compact(p.reductions)}</td><td class="n">${p.queue}</td><td class="mono narrow">${escapeText(p.current)}</td><td class="narrow"><span class="tag ${p.status}">${p.status}</span></td></tr>`);
    const to = Math.min(table.offset + table.limit, answer.matching);
    show("processes", `<h1>Processes</h1><div class="tools"><input id="filter" class="grow" type="search" placeholder="Filter by pid, name, function or status" value="${escapeText(table.filter)}">
      <span class="quiet">${answer.matching ? table.offset + 1 : 0} to ${to} of ${answer.matching.toLocaleString("en")}${answer.matching !== answer.total ? " (of " + answer.total.toLocaleString("en") + ")" : ""}</span>
      <button data-page="-1" ${table.offset ? "" : "disabled"}>Previous</button><button data-page="1" ${to < answer.matching ? "" : "disabled"}>Next</button></div>
      <div class="card scroll"><table><thead><tr>${column("pid", "Pid")}${column("name", "Name")}<th class="narrow">First call</th>${column("memory", "Memory", "n")}${column("reductions", "Reductions", "n")}${column("queue", "Queue", "n")}${column("current", "Current function", "narrow")}${column("status", "Status", "narrow")}</tr></thead>
      <tbody>${rowsOrEmpty(rows, 8, "No process matches.")}</tbody></table></div>`);
  },

  async tree() {
    const roots = await ask("tree"); if (!roots) return;
    const branch = async node => {
      const folded = !open.has(node.pid), name = node.name || node.id || node.initial || node.pid;
      let html = `<li>${node.supervisor ? `<button class="fold" data-fold="${node.pid}" aria-expanded="${!folded}" aria-label="children">${folded ? "▸" : "▾"}</button>` : '<span class="fold" style="display:inline-block"></span>'}
        <span class="node ${node.supervisor ? "sup" : ""}"><b>${escapeText(name)}</b>${node.pid ? pidButton(node.pid) : `<span class="quiet">${escapeText(node.status)}</span>`}
        ${node.memory ? `<span class="quiet narrow">${bytes(node.memory)}</span>` : ""}${node.queue ? `<span class="tag">${node.queue} waiting</span>` : ""}</span>`;
      if (!folded && node.supervisor) {
        const below = await ask("children", { pid: node.pid });
        if (below) html += `<ul class="tree">${below.error ? `<li class="error">${escapeText(below.error)}</li>` : ""}${(await Promise.all(below.children.map(branch))).join("")}${below.count > below.children.length ? `<li class="quiet">and ${below.count - below.children.length} more</li>` : ""}</ul>`;
      }
      return html + "</li>";
    };
    if (!roots.some(r => open.has(r.pid)) && !views.tree.seen) roots.forEach(r => open.add(r.pid));
    views.tree.seen = true;
    show("tree", `<h1>Supervision</h1>${roots.length ? `<ul class="tree top">${(await Promise.all(roots.map(branch))).join("")}</ul>` : '<div class="card empty">No supervisor runs.</div>'}`);
  },

  async names() {
    const names = await ask("names"); if (!names) return;
    show("names", `<h1>Registered names</h1><div class="card scroll"><table>${head([["Name"], ["Process"], ["First call", "narrow"]])}<tbody>${rowsOrEmpty(names.map(n => `<tr class="go" data-pid="${n.pid}"><td>${escapeText(n.name)}</td><td>${pidButton(n.pid)}</td><td class="mono quiet narrow">${escapeText(n.initial || "")}</td></tr>`), 3, "No name is registered.")}</tbody></table></div>`);
  },

  async tables() {
    const tables = await ask("tables"); if (!tables) return;
    tables.sort((a, b) => b.bytes - a.bytes);
    show("tables", `<h1>ETS tables</h1><div class="card scroll"><table>${head([["Name"], ["Type", "narrow"], ["Access", "narrow"], ["Objects", "n"], ["Memory", "n"], ["Owner"]])}<tbody>${rowsOrEmpty(tables.map(t => `<tr class="go" data-table="${escapeText(t.id)}"><td>${escapeText(t.name)}</td><td class="narrow">${t.type}</td><td class="narrow">${t.protection}</td><td class="n">${compact(t.size)}</td><td class="n">${bytes(t.bytes)}</td><td>${pidButton(t.owner)}</td></tr>`), 6, "There is no table.")}</tbody></table></div>`);
  },

  async modules() {
    const modules = await ask("modules", { filter: moduleFilter }); if (!modules) return;
    show("modules", `<h1>Modules</h1><div class="tools"><input id="modules" class="grow" type="search" placeholder="Filter by name" value="${escapeText(moduleFilter)}"><span class="quiet">${modules.length} loaded</span></div>
      <div class="card scroll"><table>${head([["Module"], ["Functions", "n"], ["Native", "n"], ["Bytecode", "n"], ["From", "narrow"]])}<tbody>${rowsOrEmpty(modules.map(m => `<tr class="go" data-module="${escapeText(m.name)}"><td class="mono">${escapeText(m.name)}</td><td class="n">${m.functions}</td><td class="n">${m.native || ""}</td><td class="n">${bytes(m.bytes)}</td><td class="quiet narrow">${escapeText(m.path)}</td></tr>`), 5, "No module matches.")}</tbody></table></div>`);
  },

  async timers() {
    const timers = await ask("timers"); if (!timers) return;
    timers.sort((a, b) => a.milliseconds - b.milliseconds);
    show("timers", `<h1>Timers</h1><div class="card scroll"><table>${head([["In", "n"], ["To"], ["Message"]])}<tbody>${rowsOrEmpty(timers.slice(0, 500).map(t => `<tr><td class="n">${duration(t.milliseconds)} ${t.milliseconds % 1000} ms</td><td>${pidButton(t.pid)}</td><td class="mono">${escapeText(t.message)}</td></tr>`), 3, "No timer runs.")}</tbody></table></div>`);
  },

  async ports() {
    const ports = await ask("ports"); if (!ports) return;
    show("ports", `<h1>Ports</h1><div class="card scroll"><table>${head([["Port"], ["Name"], ["Owner"], ["In", "n"], ["Out", "n"]])}<tbody>${rowsOrEmpty(ports.map(p => `<tr><td class="mono">${escapeText(p.port)}</td><td>${escapeText(p.name)}</td><td>${pidButton(p.owner)}</td><td class="n">${bytes(p.input || 0)}</td><td class="n">${bytes(p.output || 0)}</td></tr>`), 5, "No port is open.")}</tbody></table></div>`);
  },

  async messages() {
    const since = events.length ? events[events.length - 1].number : 0, answer = await ask("flow", { since }); if (!answer) return;
    watched = answer.watched; Object.assign(names, answer.names); events = watched.length ? events.concat(answer.events).slice(-200) : [];
    show("messages", `<h1>Messages</h1><div class="tools"><input id="watch" class="grow mono" placeholder="Pids to watch, as &lt;0.110.0&gt; &lt;0.111.0&gt;" value="${escapeText(document.getElementById("watch") ? document.getElementById("watch").value : watched.join(" "))}"><button class="main" data-watch>Watch</button><button data-unwatch ${watched.length ? "" : "disabled"}>Stop</button></div>
      ${events.length ? `<div class="card scroll" style="padding:12px">${sequence(events, names)}</div>` : `<div class="card empty">${watched.length ? "Waiting for the first message." : "Choose processes, here or from a process's page, and see what they say to each other."}</div>`}`);
  },

  async profile() {
    if (views.profile.running) return;
    show("profile", `<h1>Profile</h1><div class="tools"><select id="span"><option value="1000">1 second</option><option value="3000" selected>3 seconds</option><option value="10000">10 seconds</option></select>
      <button class="main" data-profile>Sample</button><span class="quiet">${profiled ? `${profiled.samples} samples` : "The stacks of whatever works, every millisecond"}</span></div>
      ${profiled && profiled.samples ? `<div class="card">${flame(profiled.root)}</div>` : `<div class="card empty">${profiled ? "Nothing worked in that time." : "Nothing sampled yet."}</div>`}`);
  }
};

function crashed(o) {
  const card = (label, value, small) => `<div class="card"><h2>${label}</h2><div class="figure">${value}</div><small>${small || "&nbsp;"}</small></div>`;
  const d = o.dump;
  const item = (k, v) => v == null || v === "" ? "" : `<dt>${k}</dt><dd>${v}</dd>`;
  show("overview", `<h1>Crash dump</h1><div class="card slogan"><h2>${new Date(d.time * 1000).toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" })}</h2><div class="figure">${escapeText(d.slogan)}</div>
    <dl>${item("Was running", d.running && pidButton(d.running))}${item("Address", d.address && `<span class="mono">${escapeText(d.address)}</span>`)}${item("Process of the system", d.os_pid)}${item("File", `<span class="mono">${escapeText(d.path)}</span>`)}${d.complete ? "" : item("Note", "the dump was cut off: what follows is not all")}</dl></div>
    <div class="grid">${card("Processes", compact(o.process_count), o.process_limit ? "of " + compact(o.process_limit) : "")}${o.memory.total ? card("Memory", bytes(o.memory.total), "in all") : ""}${o.atom_count ? card("Atoms", compact(o.atom_count), "of " + compact(o.atom_limit)) : ""}${o.run_queue != null ? card("Run queue", o.run_queue, o.schedulers + " schedulers") : ""}${o.uptime ? card("Was up", duration(o.uptime), "Phial " + escapeText(o.phial)) : ""}</div>
    ${o.memory.total ? memoryByKind(o.memory) : ""}
    ${d.native.length ? `<div class="card"><h2>Native stack</h2><pre>${d.native.map(escapeText).join("\n")}</pre></div>` : ""}`);
}

async function details() {
  if (!opened) return;
  const p = await ask("process", { pid: opened.pid }); if (!p || !opened) return;
  if (p.gone) { sheet.innerHTML = `<header><h1>${escapeText(opened.pid)}</h1><button data-close>Close</button></header><div class="card empty">This process has ended.</div>`; return; }
  const item = (k, v) => `<dt>${k}</dt><dd>${v}</dd>`, section = (title, body) => body ? `<div class="card"><h2>${title}</h2>${body}</div>` : "";
  const keep = document.getElementById("message") ? document.getElementById("message").value : "", focused = document.activeElement && document.activeElement.id === "message";
  sheet.innerHTML = `<header><h1>${escapeText(p.name || p.label || p.pid)} <span class="tag ${p.status}">${p.status}</span></h1><button data-close aria-label="Close">Close</button></header>
    <div class="tools live"><button data-act="watch">Watch messages</button><button data-act="profile">Profile</button><button data-act="${p.status === "suspended" ? "resume" : "suspend"}">${p.status === "suspended" ? "Resume" : "Suspend"}</button><button class="danger" data-act="kill">Kill</button></div>
    ${section("Process", `<dl>${item("Pid", `<span class="mono">${escapeText(p.pid)}</span>`)}${item("First call", `<span class="mono">${escapeText(p.initial)}</span>`)}${item("Current function", `<span class="mono">${escapeText(p.current)}</span>`)}${item("Parent", pidButton(p.parent || ""))}${item("Group leader", pidButton(p.group_leader))}${item("Priority", p.priority)}${item("Traps exits", p.trap_exit)}${item("Reductions", compact(p.reductions))}${item("Memory", bytes(p.memory))}${item("Heap, young, stack", `${compact(p.heap_words)}, ${compact(p.young_words)}, ${compact(p.stack_words)} words`)}${p.collections.map(([k, v]) => item(escapeText(k.replace(/_/g, " ")), escapeText(v))).join("")}</dl>`)}
    ${section("Links and monitors", `<dl>${item("Links", pids(p.links))}${item("Monitors", pids(p.monitors))}${item("Monitored by", pids(p.monitored_by))}</dl>${p.links.length || p.monitors.length ? `<details ${opened.graph ? "open" : ""} id="graph"><summary class="quiet">Picture</summary><div id="picture">${opened.graph || ""}</div></details>` : ""}`)}
    ${p.otp ? section("State", opened.state ? `<pre>${escapeText(opened.state)}</pre>` : " ").replace("</h2>", `</h2><button class="small" data-act="state">${opened.state ? "Ask again" : "Ask for it"}</button>`) : ""}
    ${section("Stack", `<pre>${p.stack.map(escapeText).join("\n") || "empty"}</pre>`)}
    ${section(`Messages waiting: ${p.queue}`, p.messages.length ? `<pre>${p.messages.map(escapeText).join("\n")}</pre>` : "")}
    ${section("Dictionary", p.dictionary.length ? `<dl>${p.dictionary.map(([k, v]) => item(`<span class="mono">${escapeText(k)}</span>`, `<pre>${escapeText(v)}</pre>`)).join("")}</dl>` : "")}
    ${dump ? "" : section("Send a message", `<div class="tools" style="margin:0"><input id="message" class="grow mono" placeholder="an expression, as {:hello, 1}" value="${escapeText(keep)}"><button data-act="send">Send</button></div><div id="said" class="quiet">${opened.said || ""}</div>`)}`;
  if (focused) document.getElementById("message").focus();
}

function openProcess(pid) { opened = { pid }; sheet.hidden = false; details(); }
function closeSheet() { opened = null; sheet.hidden = true; sheet.innerHTML = ""; }

async function openTable(id) {
  closeSheet();
  if (dump) return;
  const answer = await ask("rows", { table: id, limit: 200 }); if (!answer) return;
  sheet.hidden = false;
  sheet.innerHTML = `<header><h1>${escapeText(id)}</h1><button data-close>Close</button></header>` + (answer.error ? `<div class="error">${escapeText(answer.error)}</div>` : answer.private ? '<div class="card empty">A private table: only its owner may read it.</div>' : `<div class="card"><h2>${answer.rows.length} of ${answer.size} objects</h2><pre>${answer.rows.map(escapeText).join("\n") || "empty"}</pre></div>`);
}

async function openModule(name) {
  closeSheet();
  if (dump) return;
  const m = await ask("module", { name }); if (!m) return;
  sheet.hidden = false;
  sheet.innerHTML = `<header><h1>${escapeText(name)}</h1><button data-close>Close</button></header><div class="card scroll"><table>${head([["Function"], ["Runs", ""], ["Bytecode", "n"]])}<tbody>${m.functions.map(f => `<tr class="go" data-code="${escapeText(f.name)}" data-arity="${f.arity}" data-of="${escapeText(name)}"><td class="mono">${escapeText(f.name)}/${f.arity}</td><td><span class="tag ${f.state === "native" ? "" : "waiting"}">${f.state}</span></td><td class="n">${bytes(f.bytes)}</td></tr>`).join("")}</tbody></table></div><div id="code"></div>`;
}

async function act(action) {
  const pid = opened.pid;
  if (action === "kill" && !confirm(`Kill ${pid}?`)) return;
  if (action === "state") { const s = await ask("state", { pid }); opened.state = s.state || s.error; }
  else if (action === "send") { const s = await ask("send", { pid, message: document.getElementById("message").value }, true); opened.said = escapeText(s.error || "sent " + s.sent); }
  else if (action === "watch") { events = []; await ask("watch", { pids: [...new Set([...watched, pid])] }, true); closeSheet(); location.hash = "messages"; return; }
  else if (action === "profile") { closeSheet(); location.hash = "profile"; setTimeout(() => profile(pid), 50); return; }
  else { const s = await ask(action, { pid }, true); opened.said = escapeText(s.error || ""); }
  details(); refresh();
}

async function profile(pid) {
  views.profile.running = true;
  const span = document.getElementById("span") ? document.getElementById("span").value : 3000;
  main.querySelector(".card").innerHTML = "Sampling…";
  profiled = await ask("profile", pid ? { milliseconds: span, pid } : { milliseconds: span });
  views.profile.running = false; refresh();
}

// Once a second, and less often where an answer takes long, so that looking stays a small part of what the VM does.
const pause = took => Math.min(Math.max(1000, took * 40), 15000);

async function refresh() {
  clearTimeout(timer);
  const now = view, started = performance.now();
  if (!document.hidden) await views[now]();
  if (now === view && !dump) { clearTimeout(timer); timer = setTimeout(refresh, pause(performance.now() - started)); }
}

function go() {
  view = views[location.hash.slice(1)] ? location.hash.slice(1) : "overview";
  document.querySelectorAll("nav a").forEach(a => a.classList.toggle("on", a.dataset.view === view));
  if (main.dataset.view !== view) { main.dataset.view = ""; main.innerHTML = `<h1>${escapeText(document.querySelector("nav a.on").textContent)}</h1>`; }
  document.querySelector("nav a.on").scrollIntoView({ block: "nearest", inline: "center" });
  refresh();
}

document.addEventListener("click", async event => {
  const at = selector => event.target.closest(selector);
  let hit;
  if (at("[data-close]") || at("nav a")) closeSheet();
  else if ((hit = at("[data-fold]"))) { open.has(hit.dataset.fold) ? open.delete(hit.dataset.fold) : open.add(hit.dataset.fold); refresh(); }
  else if ((hit = at("[data-act]"))) act(hit.dataset.act);
  else if ((hit = at("[data-pid]"))) { if (hit.dataset.pid[0] === "<") openProcess(hit.dataset.pid); }
  else if ((hit = at("[data-sort]"))) { const key = hit.dataset.sort; table.order = table.sort === key && table.order === "desc" ? "asc" : "desc"; table.sort = key; table.offset = 0; refresh(); }
  else if ((hit = at("[data-page]"))) { table.offset = Math.max(0, table.offset + hit.dataset.page * table.limit); refresh(); }
  else if ((hit = at("[data-table]"))) openTable(hit.dataset.table);
  else if ((hit = at("[data-module]"))) openModule(hit.dataset.module);
  else if ((hit = at("[data-code]"))) { const c = await ask("code", { module: hit.dataset.of, name: hit.dataset.code, arity: hit.dataset.arity }); document.getElementById("code").innerHTML = `<div class="card"><h2>${escapeText(hit.dataset.code)}/${hit.dataset.arity}</h2><pre>${escapeText(c.text || c.error)}</pre></div>`; document.getElementById("code").scrollIntoView({ block: "nearest" }); }
  else if (at("[data-watch]")) { events = []; await ask("watch", { pids: document.getElementById("watch").value.match(/<[\d.]+>/g) || [] }, true); refresh(); }
  else if (at("[data-unwatch]")) { events = []; await ask("watch", { pids: [] }, true); refresh(); }
  else if (at("[data-profile]")) profile();
});
document.addEventListener("input", event => {
  if (event.target.id === "filter") { table.filter = event.target.value; table.offset = 0; clearTimeout(timer); timer = setTimeout(refresh, 150); }
  if (event.target.id === "modules") { moduleFilter = event.target.value; clearTimeout(timer); timer = setTimeout(refresh, 150); }
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape") closeSheet();
  if (event.key === "Enter" && event.target.dataset && event.target.dataset.sort) event.target.click();
  if (event.key === "Enter" && event.target.id === "message") act("send");
});
document.addEventListener("toggle", async event => {
  if (event.target.id === "graph" && event.target.open && opened && !opened.graph) { const g = await ask("graph", { pid: opened.pid }); if (g && !g.gone && opened) { opened.graph = linkGraph(g); document.getElementById("picture").innerHTML = opened.graph; } }
}, true);
// One process is read quickly, however long the table takes.
setInterval(() => { if (opened && !dump && !document.hidden && !(document.activeElement && document.activeElement.id === "message")) details(); }, 1000);
window.addEventListener("hashchange", go);
(async () => {
  const o = await ask("overview");
  if (o && o.dump) { dump = o.dump; document.body.classList.add("dump"); document.title = "Phial crash dump"; }
  go();
})();
