"use strict";
// The list of problems, and the charts. Texts are put in as text; what is put in as HTML was escaped when it was made.
(async () => {
  const PAGE = 100;
  const SIDE = 5; // where a row's figures of each run begin: after id, sample, domain, level, statement
  const PLACE = 6; // and that of its texts among all, null if these are left out
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

  const packed = await unpack("data");
  const { names, domains, figures } = packed;
  const rows = packed.rows.map(([problem, sample, place, sides]) => {
    const [id, domain, level, title] = packed.problems[problem];
    return [id, sample, domain, level, title, sides, place];
  });
  const words = (outcome) => outcome.replaceAll("_", " ");
  const number = (value, places) => (value === null ? "–" : value.toFixed(places));
  const count = (value) => value.toLocaleString("en-US");
  const several = names.length > 1;
  const sampled = rows.some((row) => row[1]);

  // What scrolls by itself is reached by keyboard, and nothing else is stopped at.
  function reach(element) {
    if (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }

  // The list, of a page that has one

  function list() {
    const label = (row) => (sampled ? `${row[0]} #${row[1] + 1}` : row[0]);
    const columns = [
      { name: "problem", key: label },
      { name: "domain", key: (row) => domains[row[2]], wide: true },
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
    fill(find("domain"), Object.keys(domains), (domain) => domains[domain]);
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
      const all = sampled ? "attempts" : "problems";
      find("count").textContent = rows.length ? `${count(state.shown.length)} of ${count(rows.length)} ${all}` : "No result is recorded.";
      find("filters").hidden = find("rows").hidden = rows.length === 0;
      const none = make("td", { className: "none", colSpan: span(), textContent: `None of the ${all} is like this. Clear shows all of them.` });
      body.replaceChildren(...(state.shown.length ? state.shown.slice(from, from + PAGE).map(line) : [make("tr", {}, none)]));
      const turn = (by, text) => make("button", {
        type: "button", textContent: text, disabled: state.page + by < 0 || state.page + by >= pages,
        onclick: () => { state.page += by; draw(); find("rows").scrollIntoView(); },
      });
      find("pager").replaceChildren(...(pages > 1 ? [turn(-1, "Previous"), `page ${state.page + 1} of ${count(pages)}`, turn(1, "Next")] : []));
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

    // A narrow screen shows some of the columns; a cell over more would take their places.
    const span = () => [...head.rows[0].cells].filter((each) => each.offsetWidth).length || columns.length;

    function detail(row) {
      const cell = make("td", { colSpan: span() });
      tell(row, cell);
      return make("tr", { className: "detail" }, cell); // its texts come when their block is unpacked
    }

    const blocks = new Map();
    async function tell(row, cell) {
      if (row[PLACE] === null) {
        cell.append(make("p", { textContent: `Its texts are not in this page: mathbench report --show ${row[0]}${row[1] ? `:${row[1] + 1}` : ""} RUN shows them.` }));
        return;
      }
      const block = Math.floor(row[PLACE] / packed.block);
      if (!blocks.has(block)) blocks.set(block, unpack(`block${block}`));
      const texts = (await blocks.get(block))[row[PLACE] % packed.block];
      cell.append(make("div", { className: "statement", innerHTML: texts[0].statement }));
      cell.append(make("div", { className: "sides" }, ...texts.map((text, side) => oneSide(text, side))));
      cell.querySelectorAll("pre, .box").forEach(reach);
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
    if (packed.left_out) {
      find("left").hidden = false;
      find("left").textContent = `So that this page stays small, it has the texts of the first right and of the first other attempts; those of ${count(packed.left_out)} are left out, and shown by mathbench report --show ID RUN.`;
    }
    filter();
    addEventListener("resize", () => {
      for (const cell of body.querySelectorAll(":scope > .detail > td")) cell.colSpan = span();
    });
  }
  if (find("rows")) list();

  // The charts, each as wide as its place: a text has its size on every screen

  const TEXT = 12, LINE = 15;
  const muted = "var(--soft)", accent = "var(--accent)";
  const percent = (value) => 100 * value;
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = `${TEXT}px ${getComputedStyle(document.body).fontFamily}`;
  const breadth = (text) => ruler.measureText(text).width;
  const room = (texts, most) => Math.min(Math.ceil(d3.max(texts, breadth) ?? 0), most);
  const cut = (text, most) => {
    let kept = text;
    while (kept && breadth(`${kept}…`) > most) kept = kept.slice(0, -1);
    return breadth(text) <= most ? text : `${kept}…`;
  };
  const base = (width) => ({ className: "plot", style: { background: "transparent", fontSize: `${TEXT}px`, fontFamily: "inherit" }, width, marginTop: 30, marginBottom: 46, marginRight: 16 });
  const named = (data, width) => { // an axis of names, and the place that it takes
    const names = data.map((each) => each.name), most = room(names, 0.45 * width);
    return { marginLeft: most + 14, y: { label: null, domain: names, tickFormat: (name) => cut(name, most) } };
  };
  const whole = (most, width) => ({ ticks: Math.max(1, Math.min(5, most, Math.floor(width / 90))), tickFormat: ",d" });
  const rows0 = rows.map((row) => row[SIDE][0]);
  const LEAST = 0.001; // of a logarithmic axis
  const histogram = (width, column, title, type = "linear") => {
    const least = type === "log" ? LEAST : -Infinity;
    const values = rows0.filter((row) => row[column] !== null).map((row) => ({ value: Math.max(least, row[column]), right: row[OUTCOME] === "correct" ? "right" : "not right" }));
    const most = Math.max(2 * LEAST, d3.max(values, (each) => each.value) ?? 0);
    const decades = Math.log10(most / (d3.min(values, (each) => each.value) ?? 1));
    const digits = decades > width / 80 ? "1" : "13"; // of the ticks of a logarithmic axis that have room for a label
    const power = (value) => (digits.includes(value.toExponential()[0]) ? `${Number(value.toPrecision(1))}` : "");
    const thresholds = type === "log" ? d3.range(31).map((step) => LEAST * (most / LEAST) ** (step / 30)) : 30;
    return values.length && Plot.plot({
      ...base(width), marginLeft: 48, height: 260, x: { label: title, type, tickFormat: type === "log" ? power : undefined, ticks: type === "log" ? 5 : Math.max(2, Math.min(5, Math.floor(width / 80))) }, y: { label: "attempts", grid: true, tickFormat: (value) => (Number.isInteger(value) ? count(value) : "") },
      color: { domain: ["right", "not right"], range: [accent, "var(--rest)"] },
      marks: [Plot.rectY(values, Plot.binX({ y: "count" }, { x: "value", fill: "right", thresholds })), Plot.ruleY([0])],
    });
  };
  // Places below each other for labels that belong as near as may be to these.
  const apart = (wanted, top, bottom) => {
    const places = wanted.map((each) => Math.max(top, each));
    places.forEach((each, index) => { if (index) places[index] = Math.max(each, places[index - 1] + LINE); });
    for (let index = places.length - 1, below = bottom; index >= 0; index -= 1, below = places[index + 1] - LINE) places[index] = Math.min(places[index], below);
    return places;
  };
  const runs = (data) => d3.ticks(1, data.length, Math.min(data.length, 12)).filter(Number.isInteger);
  const charts = {
    bars: (data, width) => Plot.plot({
      ...base(width), ...named(data, width), marginTop: 10, height: 56 + 34 * data.length, x: { domain: [0, 100], label: "pass rate, %", grid: true, ticks: 5 },
      marks: [
        Plot.barX(data, { y: "name", x: (each) => percent(each.rate), fill: accent, fillOpacity: 0.45, insetTop: 4, insetBottom: 4 }),
        Plot.ruleY(data, { y: "name", x1: (each) => percent(each.low), x2: (each) => percent(each.high), stroke: "currentColor", strokeWidth: 1.5 }),
        Plot.dot(data.filter((each) => each.baseline !== undefined), { y: "name", x: (each) => percent(each.baseline), r: 5, stroke: "var(--bad)", strokeWidth: 2, fill: "var(--card)" }),
      ],
    }),
    times: (data, width) => {
      if (!data.length) return null;
      // Domains take about as long as each other: their names stand at the side, in the order of their rates.
      const sorted = data.toSorted((a, b) => b.rate - a.rate), most = room(data.map((each) => each.name), 0.45 * width);
      const frame = base(width), height = Math.max(300, frame.marginTop + frame.marginBottom + LINE * data.length);
      const rate = d3.scaleLinear([0, 100], [height - frame.marginBottom, frame.marginTop]);
      const places = apart(sorted.map((each) => rate(percent(each.rate))), frame.marginTop, height - frame.marginBottom).map(rate.invert);
      const [least, largest] = d3.extent(data, (each) => each.seconds);
      const [from, to] = least < largest ? d3.scaleLinear([least, largest], [0, 1]).nice(4).domain() : [0, 2 * least || 1];
      return Plot.plot({
        ...frame, height, marginLeft: 40, marginRight: most + 24, x: { label: "mean generation, s", domain: [from, to], grid: true, ticks: Math.max(2, Math.floor((width - most) / 80)) }, y: { label: "pass rate, %", domain: [0, 100], grid: true, ticks: 5 },
        marks: [
          Plot.link(sorted, { x1: "seconds", y1: (each) => percent(each.rate), x2: to, y2: (_, index) => places[index], stroke: muted, strokeOpacity: 0.45, strokeDasharray: "2 2" }),
          Plot.ruleX(data, { x: "seconds", y1: (each) => percent(each.low), y2: (each) => percent(each.high), stroke: muted, strokeOpacity: 0.5 }),
          Plot.dot(data, { x: "seconds", y: (each) => percent(each.rate), r: 4, fill: accent }),
          Plot.text(sorted, { x: to, y: (_, index) => places[index], text: (each) => cut(each.name, most), textAnchor: "start", dx: 8, fill: "currentColor" }),
        ],
      });
    },
    generation: (_, width) => histogram(width, GENERATION, "generation, s"),
    execution: (_, width) => histogram(width, CPU, "CPU, s", "log"),
    counts: (data, width) => Plot.plot({
      ...base(width), ...named(data, width), marginTop: 10, marginRight: 24 + room(data.map((each) => count(each.count)), width), height: 56 + 30 * data.length,
      x: { label: "attempts", grid: true, ...whole(d3.max(data, (each) => each.count), width) },
      marks: [
        Plot.barX(data, { y: "name", x: "count", fill: (each) => (each.name === "correct" ? accent : muted), fillOpacity: 0.5, insetTop: 3, insetBottom: 3 }),
        Plot.text(data, { y: "name", x: "count", text: (each) => count(each.count), textAnchor: "start", dx: 5, fill: "currentColor" }),
        Plot.ruleX([0]),
      ],
    }),
    evidence: (data, width) => {
      const [LOW, HIGH, HALF] = [-0.3, 1.15, 0.15];
      const kept = (share) => Math.max(LOW, Math.min(HIGH, share));
      const points = data.flatMap((trace, row) => trace.at.flatMap((at, index) => [
        { row, at, share: kept(trace.for_pass[index]), side: "PASS" },
        { row, at, share: kept(trace.for_fail[index]), side: "FAIL" },
      ]));
      const decided = data.map((trace, row) => ({ row, at: trace.decided })).filter((each) => each.at !== null);
      // The names of two lines that end near each other stand one above the other.
      const ends = data.flatMap((trace, row) => {
        if (!trace.at.length) return [];
        const at = trace.at.at(-1), [passing, failing] = [kept(trace.for_pass.at(-1)), kept(trace.for_fail.at(-1))];
        const middle = (passing + failing) / 2, by = Math.max(HALF, Math.abs(passing - failing) / 2) * (passing < failing ? -1 : 1);
        return [{ row, at, share: middle + by, side: "PASS" }, { row, at, share: middle - by, side: "FAIL" }];
      });
      const title = ({ gate, subject }) => cut(gate.includes(subject) ? gate : `${subject}: ${gate}`, width - 48);
      return points.length > 0 && Plot.plot({
        ...base(width), marginLeft: 48, marginRight: 48, height: 76 + 92 * data.length,
        x: { label: "problems", grid: true, ...whole(d3.max(points, (each) => each.at), width) }, y: { label: null, ticks: [0, 1], tickFormat: (share) => `${percent(share)}%`, domain: [LOW, HIGH] },
        fy: { axis: null, domain: data.map((_, row) => row), padding: 0.3 },
        color: { domain: ["PASS", "FAIL"], range: [accent, "var(--bad)"] },
        marks: [
          Plot.ruleY([1], { stroke: "currentColor", strokeDasharray: "4 3" }),
          Plot.ruleX(decided, { x: "at", fy: "row", stroke: muted }),
          Plot.line(points, { x: "at", y: "share", fy: "row", z: "side", stroke: "side", strokeWidth: 1.8 }),
          Plot.text(ends, { x: "at", y: "share", fy: "row", text: "side", fill: "side", textAnchor: "start", dx: 5, stroke: "var(--card)", strokeWidth: 4 }),
          Plot.text(data, { fy: (_, row) => row, text: title, frameAnchor: "top-left", dy: -16, fill: "currentColor" }),
        ],
      });
    },
    history: (data, width) => Plot.plot({
      ...base(width), height: 210, x: { label: "run", domain: [0.5, data.length + 0.5], ticks: runs(data), tickFormat: "d" }, y: { label: "pass rate, %", grid: true, nice: true, zero: false },
      marks: [
        // A band needs two runs; of a stretch of one its interval is a line.
        Plot.areaY(data, { x: "run", y1: (each) => percent(each.low), y2: (each) => percent(each.high), z: "stretch", fill: accent, fillOpacity: 0.15 }),
        Plot.ruleX(data, { x: "run", y1: (each) => percent(each.low), y2: (each) => percent(each.high), stroke: accent, strokeOpacity: 0.35 }),
        Plot.ruleX(data.filter((each) => each.run === each.stretch && each.run > 1), { x: (each) => each.run - 0.5, stroke: "var(--bad)", strokeWidth: 1.5, strokeDasharray: "4 3" }),
        Plot.line(data.flatMap((each) => [-0.5, 0.5].map((by) => ({ ...each, at: each.run + by }))), { x: "at", y: (each) => percent(each.mean), z: "stretch", stroke: muted, strokeWidth: 1.5 }),
        Plot.dot(data, { x: "run", y: (each) => percent(each.rate), r: 3.5, fill: accent }),
      ],
    }),
    amounts: (data, width) => Plot.plot({
      ...base(width), height: 170, marginTop: 10, marginLeft: 60, x: { label: "run", domain: [0.5, data.length + 0.5], ticks: runs(data), tickFormat: "d" }, y: { label: null, grid: true, nice: true, zero: true },
      marks: [Plot.ruleY([0]), Plot.line(data, { x: "run", y: "value", stroke: accent }), Plot.dot(data.filter((each) => each.value !== null), { x: "run", y: "value", r: 3, fill: accent })],
    }),
    costs: (data, width) => {
      const colours = ["currentColor", accent, "var(--bad)", "var(--good)", "var(--open)", "var(--cut)", "var(--keyword)", muted];
      const most = room(data.map((each) => each.name), 0.3 * width), frame = base(width), height = Math.max(340, frame.marginTop + frame.marginBottom + LINE * data.length);
      const points = data.flatMap((each, run) => each.points.map((point) => ({ ...point, run: String(run) })));
      const to = 1.02 * Math.max(d3.max(points, (each) => each.cost), d3.max(data[0].marks)), from = 0.98 * d3.min(points, (each) => each.cost), bend = to - 0.03 * (to - from);
      const rates = d3.scaleLinear([d3.min(points, (each) => percent(each.low)), d3.max(points, (each) => percent(each.high))], [height - frame.marginBottom, frame.marginTop]).nice(5);
      // A run that has ended keeps its answers, whatever others spend: names stand at the side, in the order of the last rates.
      const ends = data.map((each, run) => ({ ...each.points.at(-1), run: String(run), name: each.name })).sort((a, b) => b.rate - a.rate);
      const places = apart(ends.map((each) => rates(percent(each.rate))), frame.marginTop, height - frame.marginBottom).map(rates.invert);
      return Plot.plot({
        ...frame, height, marginLeft: 40, marginRight: most + 30, x: { label: data[0].unit, domain: [from, to], grid: true, ticks: Math.max(2, Math.floor((width - most) / 90)) }, y: { label: "pass rate, %", domain: rates.domain(), grid: true, ticks: 6 },
        color: { domain: data.map((_, run) => String(run)), range: data.map((_, run) => colours[run % colours.length]) },
        marks: [
          Plot.areaY(points, { x: "cost", y1: (each) => percent(each.low), y2: (each) => percent(each.high), z: "run", fill: "run", fillOpacity: 0.07 }),
          Plot.ruleX(data[0].marks, { stroke: muted, strokeDasharray: "1 3" }),
          Plot.ruleX(data.filter((each) => each.points.length === 1).map((each) => each.points[0]), { x: "cost", y1: (each) => percent(each.low), y2: (each) => percent(each.high), stroke: "currentColor", strokeOpacity: 0.5 }),
          Plot.link(ends, { x1: "cost", x2: (each) => Math.max(each.cost, bend), y1: (each) => percent(each.rate), y2: (each) => percent(each.rate), stroke: "run", strokeOpacity: 0.7, strokeDasharray: "4 3" }),
          Plot.link(ends, { x1: (each) => Math.max(each.cost, bend), x2: to, y1: (each) => percent(each.rate), y2: (_, index) => places[index], stroke: "run", strokeOpacity: 0.7 }),
          Plot.line(points, { x: "cost", y: (each) => percent(each.rate), z: "run", stroke: "run", strokeWidth: 1.8 }),
          Plot.dot(ends, { x: "cost", y: (each) => percent(each.rate), r: 3.5, fill: "run" }),
          Plot.text(ends, { x: to, y: (_, index) => places[index], text: (each) => cut(each.name, most), fill: "run", textAnchor: "start", dx: 5 }),
        ],
      });
    },
    differences: (data, width) => Plot.plot({
      ...base(width), ...named(data, width), marginTop: 10, height: 64 + 28 * data.length, x: { label: "points", grid: true, nice: true },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(data.filter((each) => each.low !== null), { y: "name", x1: (each) => percent(each.low), x2: (each) => percent(each.high), stroke: muted, strokeWidth: 2 }),
        Plot.dot(data, { y: "name", x: (each) => percent(each.value), r: 4.5, fill: accent }),
      ],
    }),
  };
  function picture(figure) {
    const caption = figure.querySelector("figcaption"), width = caption.clientWidth;
    const svg = charts[figure.dataset.kind]?.(figures[figure.dataset.chart], width);
    if (!svg) return figure.remove();
    for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label"); // it is one picture
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", caption.textContent);
    figure.dataset.width = width;
    figure.querySelector("svg")?.remove();
    return figure.append(svg);
  }
  for (const figure of document.querySelectorAll("[data-chart]")) picture(figure);
  document.querySelectorAll(".scroll").forEach(reach);
  addEventListener("resize", () => {
    for (const figure of document.querySelectorAll("[data-chart]")) {
      if (figure.querySelector("figcaption").clientWidth !== Number(figure.dataset.width)) picture(figure);
    }
    document.querySelectorAll(".scroll").forEach(reach);
  });
  document.documentElement.dataset.ready = "true";
})();
