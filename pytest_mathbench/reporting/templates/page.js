"use strict";
// The list of problems, if there is one, and the charts. Texts are put in as text; what is put in as HTML was escaped when it was made.
(async () => {
  const PAGE = 100;
  const SIDE = 5; // where a row's figures of each run begin: after id, sample, domain, level, statement
  const [OUTCOME, TOKENS, GENERATION, CPU, UNSAFE] = [0, 1, 2, 3, 4];
  const find = (id) => document.getElementById(id);

  async function unpack(id) {
    const bytes = Uint8Array.from(atob(find(id).textContent), (sign) => sign.charCodeAt(0));
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(inflated).text());
  }

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const { names, rows, figures } = await unpack("data");
  rows.forEach((row, index) => { row.index = index; });
  const words = (outcome) => outcome.replaceAll("_", " ");
  const number = (value, places) => (value === null ? "–" : value.toFixed(places));
  const several = names.length > 1;
  const sampled = rows.some((row) => row[1]);

  // The list, of a page that has one

  function list() {
    const label = (row) => (sampled ? `${row[0]} #${row[1] + 1}` : row[0]);
    const columns = [
      { name: "problem", key: label },
      { name: "domain", key: (row) => row[2], wide: true },
      { name: "level", key: (row) => row[3], number: true },
      ...names.flatMap((name, side) => [
        { name: several ? name : "outcome", key: (row) => row[SIDE][side][OUTCOME], outcome: side },
        { name: "tokens", key: (row) => row[SIDE][side][TOKENS], number: true, wide: true, places: 0 },
        ...(several ? [] : [
          { name: "generation, s", key: (row) => row[SIDE][side][GENERATION], number: true, wide: true, places: 2 },
          { name: "CPU, s", key: (row) => row[SIDE][side][CPU], number: true, wide: true, places: 3 },
        ]),
      ]),
    ];
    const state = { sort: null, down: false, page: 0, shown: rows };
    const [head, body] = [find("rows").tHead, find("rows").tBodies[0]];

    const right = (row, side) => row[SIDE][side][OUTCOME] === "correct";
    const changes = several ? {
      "won by the second": (row) => !right(row, 0) && right(row, 1),
      "lost by the second": (row) => right(row, 0) && !right(row, 1),
      "right in both": (row) => right(row, 0) && right(row, 1),
      "right in neither": (row) => !right(row, 0) && !right(row, 1),
    } : { unsafe: (row) => row[SIDE][0][UNSAFE] };
    const outcomes = several ? [] : [...new Set(rows.map((row) => row[SIDE][0][OUTCOME]))];

    const fill = (select, values, show = String) => {
      for (const value of values) select.append(make("option", { value, textContent: show(value) }));
    };
    fill(find("domain"), [...new Set(rows.map((row) => row[2]))]);
    fill(find("level"), [...new Set(rows.map((row) => row[3]))].sort((a, b) => a - b));
    fill(find("outcome"), [...outcomes, ...Object.keys(changes).filter((name) => rows.some(changes[name]))], words);

    const FILTERS = ["search", "domain", "level", "outcome"];
    function filter() {
      const [text, domain, level, outcome] = FILTERS.map((id) => find(id).value);
      const sought = text.trim().toLowerCase();
      state.shown = rows.filter((row) =>
        (!domain || row[2] === domain) && (!level || String(row[3]) === level) &&
        (!outcome || (changes[outcome] ? changes[outcome](row) : row[SIDE][0][OUTCOME] === outcome)) &&
        (!sought || `${label(row)}\n${row[4]}`.toLowerCase().includes(sought)));
      if (state.sort) {
        const key = state.sort.key;
        const order = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1);
        state.shown.sort((a, b) => {
          const [one, other] = [key(a), key(b)];
          const empty = one === null || other === null; // what was not measured stands last, either way
          return order(one, other) * (state.down && !empty ? -1 : 1);
        });
      }
      state.page = 0;
      draw();
    }

    function draw() {
      const pages = Math.max(1, Math.ceil(state.shown.length / PAGE));
      const from = state.page * PAGE;
      find("count").textContent = `${state.shown.length} of ${rows.length} ${sampled ? "attempts" : "problems"}`;
      body.replaceChildren(...state.shown.slice(from, from + PAGE).map(line));
      const turn = (by, text) => make("button", {
        type: "button", textContent: text, disabled: state.page + by < 0 || state.page + by >= pages,
        onclick: () => { state.page += by; draw(); find("rows").scrollIntoView(); },
      });
      find("pager").replaceChildren(...(pages > 1 ? [turn(-1, "Previous"), `page ${state.page + 1} of ${pages}`, turn(1, "Next")] : []));
    }

    function line(row) {
      const opener = make("button", { type: "button", className: "open", textContent: label(row) });
      opener.setAttribute("aria-expanded", "false");
      const tr = make("tr", {}, ...columns.map((column, index) => {
        if (index === 0) return make("td", {}, opener, make("div", { className: "title", textContent: row[4] }));
        const value = column.key(row);
        const cell = make("td", { className: [column.number && "number", column.wide && "wide"].filter(Boolean).join(" ") });
        if (column.outcome !== undefined) cell.append(make("span", { className: `outcome ${value}`, textContent: words(value) }));
        else cell.textContent = column.places === undefined ? value : number(value, column.places);
        return cell;
      }));
      opener.onclick = () => {
        const open = opener.getAttribute("aria-expanded") === "true";
        opener.setAttribute("aria-expanded", String(!open));
        if (open) tr.nextSibling.remove();
        else tr.after(detail(row));
      };
      return tr;
    }

    function detail(row) {
      const cell = make("td", { colSpan: columns.length });
      tell(row, cell);
      return make("tr", { className: "detail" }, cell); // its texts come when their block is unpacked
    }

    const blocks = new Map();
    async function tell(row, cell) {
      const size = Number(find("block0").dataset.size);
      const block = Math.floor(row.index / size);
      if (!blocks.has(block)) blocks.set(block, unpack(`block${block}`));
      const texts = (await blocks.get(block))[row.index % size];
      cell.append(make("div", { className: "statement", innerHTML: texts[0].statement }));
      cell.append(make("div", { className: "sides" }, ...texts.map((text, side) => oneSide(text, side))));
    }

    function oneSide(text, side) {
      const element = make("div", { className: "side" });
      if (several) element.append(make("h2", { textContent: names[side] }));
      const section = (title, node) => element.append(make("h3", { textContent: title }), node);
      const plain = (title, value) => { if (value) section(title, make("pre", { dir: "ltr", textContent: value })); };
      const answers = make("div", { className: "answers" });
      if (text.answer !== undefined) answers.append(make("div", {}, make("h3", { textContent: "answer" }), make("pre", { dir: "ltr", textContent: text.answer })));
      answers.append(make("div", {}, make("h3", { textContent: "reference" }), make("div", { className: "box", innerHTML: text.reference })));
      element.append(answers);
      element.append(make("dl", { className: "facts" }, ...text.facts.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })])));
      plain("not measured", text.fault);
      if (text.program !== undefined) section("program", make("pre", { dir: "ltr", innerHTML: text.program }));
      plain("output", text.stdout);
      plain("standard error", text.stderr);
      plain("judge", text.judge);
      plain("regenerations", text.regenerations?.join("\n"));
      plain("completion", text.completion);
      if (text.thinking) element.append(make("details", { className: "thinking" }, make("summary", { textContent: "thinking" }), make("pre", { dir: "ltr", textContent: text.thinking })));
      plain("prompt", text.prompt);
      return element;
    }

    head.append(make("tr", {}, ...columns.map((column) => {
      const th = make("th", { scope: "col", className: [column.number && "number", column.wide && "wide"].filter(Boolean).join(" ") });
      th.append(make("button", {
        type: "button", textContent: column.name, onclick: () => {
          state.down = state.sort === column && !state.down;
          state.sort = column;
          for (const other of head.rows[0].cells) other.removeAttribute("aria-sort");
          th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
          filter();
        },
      }));
      return th;
    })));

    find("filters").oninput = filter;
    find("filters").onsubmit = (event) => event.preventDefault();
    const choose = (chosen) => {
      for (const id of FILTERS) find(id).value = chosen[id] ?? "";
      filter();
    };
    find("clear").onclick = () => choose({});
    for (const cell of document.querySelectorAll(".heat button")) {
      cell.onclick = () => {
        choose(cell.dataset);
        find("problems").scrollIntoView();
      };
    }
    filter();
  }
  if (find("rows")) list();

  // The charts

  const base = { className: "plot", style: { background: "transparent", fontSize: "12px", fontFamily: "inherit" }, width: 520, marginBottom: 46 };
  const muted = "var(--soft)", accent = "var(--accent)";
  const percent = (value) => 100 * value;
  const rows0 = rows.map((row) => row[SIDE][0]);
  const LEAST = 0.001; // of a logarithmic axis
  const histogram = (column, title, type = "linear") => {
    const least = type === "log" ? LEAST : -Infinity;
    const values = rows0.filter((row) => row[column] !== null).map((row) => ({ value: Math.max(least, row[column]), right: row[OUTCOME] === "correct" ? "right" : "not right" }));
    const most = Math.max(2 * LEAST, d3.max(values, (each) => each.value) ?? 0);
    const thresholds = type === "log" ? d3.range(31).map((step) => LEAST * (most / LEAST) ** (step / 30)) : 30;
    return values.length && Plot.plot({
      ...base, height: 230, x: { label: title, type, tickFormat: type === "log" ? "~g" : undefined, ticks: 5 }, y: { label: "attempts", grid: true },
      color: { domain: ["right", "not right"], range: [accent, "var(--line)"] },
      marks: [Plot.rectY(values, Plot.binX({ y: "count" }, { x: "value", fill: "right", thresholds })), Plot.ruleY([0])],
    });
  };
  const runs = (data) => d3.ticks(1, data.length, Math.min(data.length, 12)).filter(Number.isInteger);
  const charts = {
    bars: (data) => Plot.plot({
      ...base, marginLeft: 170, height: 40 + 34 * data.length, x: { domain: [0, 100], label: "pass rate, %", grid: true }, y: { label: null, domain: data.map((each) => each.name) },
      marks: [
        Plot.barX(data, { y: "name", x: (each) => percent(each.rate), fill: accent, fillOpacity: 0.45, insetTop: 4, insetBottom: 4 }),
        Plot.ruleY(data, { y: "name", x1: (each) => percent(each.low), x2: (each) => percent(each.high), stroke: "currentColor", strokeWidth: 1.5 }),
        Plot.dot(data.filter((each) => each.baseline !== undefined), { y: "name", x: (each) => percent(each.baseline), r: 5, stroke: "var(--bad)", strokeWidth: 2, fill: "var(--card)" }),
      ],
    }),
    times: (data) => data.length && Plot.plot({
      ...base, height: 300, marginRight: 90, x: { label: "mean generation, s", nice: true, grid: true }, y: { label: "pass rate, %", grid: true, nice: true, zero: true },
      marks: [
        Plot.ruleX(data, { x: "seconds", y1: (each) => percent(each.low), y2: (each) => percent(each.high), stroke: muted, strokeOpacity: 0.5 }),
        Plot.dot(data, { x: "seconds", y: (each) => percent(each.rate), r: 4, fill: accent }),
        // Labels in four lanes: domains take about as long as each other.
        ...[0, 1, 2, 3].map((lane) => Plot.text(data.toSorted((a, b) => a.seconds - b.seconds).filter((_, index) => index % 4 === lane), {
          x: "seconds", y: (each) => percent(each.rate), text: "name", textAnchor: "start", dx: 7, dy: [-11, 11, -24, 24][lane], fill: "currentColor", stroke: "var(--card)",
        })),
      ],
    }),
    generation: () => histogram(GENERATION, "generation, s"),
    execution: () => histogram(CPU, "CPU, s", "log"),
    counts: (data) => Plot.plot({
      ...base, marginLeft: 100, marginRight: 40, height: 40 + 30 * data.length, x: { label: "attempts", grid: true }, y: { label: null, domain: data.map((each) => each.name) },
      marks: [
        Plot.barX(data, { y: "name", x: "count", fill: (each) => (each.name === "correct" ? accent : muted), fillOpacity: 0.5, insetTop: 3, insetBottom: 3 }),
        Plot.text(data, { y: "name", x: "count", text: (each) => String(each.count), textAnchor: "start", dx: 5, fill: "currentColor" }),
        Plot.ruleX([0]),
      ],
    }),
    evidence: (data) => {
      const points = data.flatMap((trace, row) => trace.at.flatMap((at, index) => [
        { row, at, share: trace.for_pass[index], side: "PASS" },
        { row, at, share: trace.for_fail[index], side: "FAIL" },
      ])).map((each) => ({ ...each, share: Math.max(-0.3, Math.min(1.15, each.share)) }));
      const decided = data.map((trace, row) => ({ row, at: trace.decided })).filter((each) => each.at !== null);
      return points.length > 0 && Plot.plot({
        ...base, marginRight: 150, height: 60 + 70 * data.length,
        x: { label: "problems", grid: true }, y: { label: null, ticks: [0, 1], domain: [-0.3, 1.15] },
        fy: { label: null, domain: data.map((_, row) => row), tickFormat: (row) => data[row].subject },
        color: { domain: ["PASS", "FAIL"], range: [accent, "var(--bad)"] },
        marks: [
          Plot.ruleY([1], { stroke: "currentColor", strokeDasharray: "4 3" }),
          Plot.ruleX(decided, { x: "at", fy: "row", stroke: muted }),
          Plot.line(points, { x: "at", y: "share", fy: "row", z: "side", stroke: "side", strokeWidth: 1.8 }),
          Plot.text(points, Plot.selectLast({ x: "at", y: "share", fy: "row", z: "side", text: "side", fill: "side", textAnchor: "start", dx: 5 })),
        ],
      });
    },
    history: (data) => Plot.plot({
      ...base, width: 380, height: 210, marginTop: 30, x: { label: "run", domain: [0.5, data.length + 0.5], ticks: runs(data), tickFormat: "d" }, y: { label: "pass rate, %", grid: true, nice: true, zero: false },
      marks: [
        // A band needs two runs; of a stretch of one its interval is a line.
        Plot.areaY(data, { x: "run", y1: (each) => percent(each.low), y2: (each) => percent(each.high), z: "stretch", fill: accent, fillOpacity: 0.15 }),
        Plot.ruleX(data, { x: "run", y1: (each) => percent(each.low), y2: (each) => percent(each.high), stroke: accent, strokeOpacity: 0.35 }),
        Plot.ruleX(data.filter((each) => each.run === each.stretch && each.run > 1), { x: (each) => each.run - 0.5, stroke: "var(--bad)", strokeWidth: 1.5, strokeDasharray: "4 3" }),
        Plot.line(data.flatMap((each) => [-0.5, 0.5].map((by) => ({ ...each, at: each.run + by }))), { x: "at", y: (each) => percent(each.mean), z: "stretch", stroke: muted, strokeWidth: 1.5 }),
        Plot.dot(data, { x: "run", y: (each) => percent(each.rate), r: 3.5, fill: accent }),
      ],
    }),
    amounts: (data) => Plot.plot({
      ...base, width: 380, height: 170, marginLeft: 60, x: { label: "run", domain: [0.5, data.length + 0.5], ticks: runs(data), tickFormat: "d" }, y: { label: null, grid: true, nice: true, zero: true },
      marks: [Plot.ruleY([0]), Plot.line(data, { x: "run", y: "value", stroke: accent }), Plot.dot(data.filter((each) => each.value !== null), { x: "run", y: "value", r: 3, fill: accent })],
    }),
    differences: (data) => Plot.plot({
      ...base, width: 900, marginLeft: 190, height: 50 + 28 * data.length, x: { label: "points", grid: true }, y: { label: null, domain: data.map((each) => each.name) },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(data.filter((each) => each.low !== null), { y: "name", x1: (each) => percent(each.low), x2: (each) => percent(each.high), stroke: muted, strokeWidth: 2 }),
        Plot.dot(data, { y: "name", x: (each) => percent(each.value), r: 4.5, fill: accent }),
      ],
    }),
  };
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const chart = charts[figure.dataset.kind]?.(figures[figure.dataset.chart]);
    if (chart) figure.append(chart);
    else figure.remove();
  }
  document.documentElement.dataset.ready = "true";
})();
