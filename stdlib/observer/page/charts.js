"use strict";
// Pictures as SVG text: curves over time, the flame graph, the graph of links, the sequence of messages.
const escapeText = text => String(text).replace(/[&<>"']/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }[c]));
const compact = n => n == null ? "" : n >= 1e9 ? (n / 1e9).toFixed(1) + " G" : n >= 1e6 ? (n / 1e6).toFixed(1) + " M" : n >= 1e4 ? (n / 1e3).toFixed(1) + " k" : String(n);
const bytes = n => n == null ? "" : n >= 1 << 30 ? (n / (1 << 30)).toFixed(2) + " GB" : n >= 1 << 20 ? (n / (1 << 20)).toFixed(1) + " MB" : n >= 1024 ? (n / 1024).toFixed(1) + " KB" : n + " B";

function curve(title, values, unit) {
  // At least a minute wide, at most the five that are kept.
  const width = 400, height = 96, span = Math.min(300, Math.max(60, values.length));
  const top = Math.max(1, ...values) * 1.12, last = values.length ? values[values.length - 1] : 0;
  const x = i => width - (values.length - 1 - i) * width / (span - 1), y = v => height - v / top * height;
  const line = values.length === 1 ? `M${x(0) - 2} ${y(values[0]).toFixed(1)}H${width}` : values.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const area = values.length ? `${line}L${width} ${height}L${x(0).toFixed(1)} ${height}Z` : "";
  return `<div class="card"><div class="headline"><h2>${title}</h2><b>${unit(last)}</b></div>
    <svg class="chart" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${title}, now ${unit(last)}">
    <line class="rule" x1="0" x2="${width}" y1="${height}" y2="${height}"/><line class="rule" x1="0" x2="${width}" y1="${height / 2}" y2="${height / 2}"/>
    <path class="area" d="${area}"/><path class="stroke" d="${line}"/></svg>
    <div class="headline"><small>${span < 120 ? span + " s" : Math.round(span / 60) + " min"} ago</small><small>peak ${unit(Math.max(0, ...values))}</small></div></div>`;
}

// One hue, darker with depth's parity, so that neighbours part; width is the share of samples.
function flame(root) {
  const width = 1200, row = 20, boxes = [];
  let depth = 0;
  (function place(node, x, level) {
    depth = Math.max(depth, level);
    const share = node.value / root.value;
    if (share * width < 1.5) return;
    boxes.push({ node, x, level, share });
    let at = x;
    for (const child of node.children) { place(child, at, level + 1); at += child.value / root.value; }
  })(root, 0, 0);
  const height = (depth + 1) * row;
  const hue = name => { let h = 0; for (const c of name.split(".")[0]) h = (h * 31 + c.charCodeAt(0)) >>> 0; return 20 + h % 40; };
  return `<svg class="flame" viewBox="0 0 ${width} ${height}" role="img" aria-label="flame graph">` + boxes.map(({ node, x, level, share }) => {
    const w = share * width, letters = Math.floor((w - 8) / 6.8), y = height - (level + 1) * row;
    const label = letters > 3 ? escapeText(node.name.length > letters ? node.name.slice(0, letters - 1) + "…" : node.name) : "";
    return `<g><rect x="${(x * width).toFixed(1)}" y="${y}" width="${w.toFixed(1)}" height="${row - 1}" rx="3" fill="hsl(${hue(node.name)} 85% ${level % 2 ? 66 : 71}%)"><title>${escapeText(node.name)}: ${node.value} samples, ${(share * 100).toFixed(1)} %</title></rect>` +
      (label ? `<text x="${(x * width + 5).toFixed(1)}" y="${y + 14}">${label}</text>` : "") + "</g>";
  }).join("") + "</svg>";
}

// The process in the middle, its neighbours around it, theirs outside.
function linkGraph(graph) {
  const size = 560, middle = size / 2, at = new Map([[graph.pid, [middle, middle]]]);
  const near = graph.edges.filter(e => e.from === graph.pid || e.to === graph.pid).map(e => e.from === graph.pid ? e.to : e.from);
  const far = graph.nodes.map(n => n.pid).filter(p => p !== graph.pid && !near.includes(p));
  const ring = (pids, radius, turn) => pids.forEach((pid, i) => { const a = turn + i / pids.length * 2 * Math.PI; at.set(pid, [middle + radius * Math.cos(a), middle + radius * Math.sin(a)]); });
  ring(near, 140, -Math.PI / 2); ring(far, 235, -Math.PI / 2 + .2);
  const lines = graph.edges.filter(e => at.has(e.from) && at.has(e.to)).map(e => { const [a, b] = at.get(e.from), [c, d] = at.get(e.to); return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="var(--quiet)" stroke-opacity=".5" ${e.kind === "monitor" ? 'stroke-dasharray="4 4"' : ""}/>`; }).join("");
  const dots = graph.nodes.filter(n => at.has(n.pid)).map(n => {
    const [x, y] = at.get(n.pid), self = n.pid === graph.pid;
    const label = n.name || n.pid;
    return `<g data-pid="${escapeText(n.pid)}" style="cursor:pointer"><circle cx="${x}" cy="${y}" r="${self ? 13 : 8}" fill="${self || n.supervisor ? "var(--accent)" : "var(--card)"}" stroke="var(--accent)" stroke-width="2"><title>${escapeText(n.initial)}</title></circle><text x="${x}" y="${y + (self ? 28 : 21)}" text-anchor="middle">${escapeText(label.length > 24 ? label.slice(0, 23) + "…" : label)}</text></g>`;
  }).join("");
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="links of ${escapeText(graph.pid)}">${lines}${dots}</svg>`;
}

// Time runs down; a column for each process that takes part.
function sequence(events, names) {
  const actors = [];
  for (const e of events) for (const a of [e.from || "outside", e.to]) if (!actors.includes(a)) actors.push(a);
  const gap = 250, left = 110, row = 34, width = left * 2 + gap * Math.max(0, actors.length - 1), height = 60 + events.length * row;
  const x = a => left + actors.indexOf(a) * gap;
  const heads = actors.map(a => `<line x1="${x(a)}" x2="${x(a)}" y1="34" y2="${height}" stroke="var(--line)"/><text x="${x(a)}" y="22" text-anchor="middle" class="mono" style="fill:var(--text)">${escapeText(names[a] ? names[a] + " " + a : a)}</text>`).join("");
  const arrows = events.map((e, i) => {
    const y = 62 + i * row, a = x(e.from || "outside"), b = x(e.to), text = e.text.length > 40 ? e.text.slice(0, 39) + "…" : e.text;
    const path = a === b ? `M${a} ${y} h36 v12 h-34` : `M${a} ${y} H${b + (b > a ? -3 : 3)}`;
    return `<path d="${path}" fill="none" stroke="var(--accent)" stroke-width="1.5" marker-end="url(#tip)"/><text x="${a === b ? a + 42 : (a + b) / 2}" y="${y - 6}" text-anchor="${a === b ? "start" : "middle"}"><title>${escapeText(e.text)}</title>${escapeText(text)}</text>`;
  }).join("");
  return `<svg viewBox="0 0 ${width} ${height}" style="width:${width}px;max-width:none" role="img" aria-label="messages"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="var(--accent)"/></marker></defs>${heads}${arrows}</svg>`;
}
