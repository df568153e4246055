// Shows a document of live/state.

import { createBar, createChart, linear, logarithmic, time } from "./chart.js";
import { fillRows, fit, make, setClass, setText } from "./rows.js";
import { bytes, clock, count, latency, rate, share } from "./text.js";

const $ = id => document.getElementById(id);

const notKnown = "not known here";

const outcomes = {
  held: { badge: "good", text: "held" }, failed: { badge: "bad", text: "failed" }, open: { badge: "unsure", text: "open" },
  "no-samples": { badge: "unsure", text: "no samples" },
};

const last = values => values.length > 0 ? values[values.length - 1] : 0;
const highest = lines => Math.max(0, ...lines.flatMap(line => line.points.map(point => point[1])));

const course = [
  {
    title: "Messages", unit: "per second", id: "rates", format: rate,
    lines: [["offered", "offered"], ["delivered", "delivered"], ["rejected", "rejected", true], ["failed", "failed", true]],
  },
  { title: "Registrations", unit: "per second", id: "registrations", format: rate, lines: [["succeeded", "registrations"]] },
  { title: "Phones by state", unit: "phones", id: "phones", format: count, lines: [["registered", "registered"], ["registering", "registering"], ["offline", "offline"]] },
  { title: "Messages on their way", unit: "messages", id: "backlog", format: count, lines: [["stored", "stored"], ["in flight", "inFlight"]] },
].map(chart => ({ ...chart, draw: createChart($("charts"), chart.id, chart.title, chart.unit) }));

const bar = createBar($("bar"), "ledger-bar", "What became of all messages");
const capacityChart = createChart($("capacity-chart"), "capacity", "Share refused", "by entries, logarithmic");

const showHead = state => {
  const { verdict, run, now } = state;
  const [word, style] = verdict?.verdict
    ? [verdict.verdict.toUpperCase(), { pass: "good", fail: "bad" }[verdict.verdict] ?? "unsure"]
    : [run ? "RUNNING" : "no run", "unsure"];
  setText($("stand"), verdict?.verdict && !verdict.isFinal ? "so far " + word : word);
  setClass($("stand"), "badge " + style);
  setText($("reason"), verdict ? verdict.reason : "Nothing is played at the moment.");
  setText($("explanation"), verdict ? verdict.explanation + (run.results ? ` Its results are kept in the folder "${run.results}" on the machine that played it.` : "") : "");
  setText($("name"), run ? run.name : "uefarm");
  const speed = run?.speed ? `, ${count(run.speed)} times as fast` : "";
  setText($("clock"), run ? `${run.id ? `run ${run.id}, ` : ""}seed ${run.seed}, ${run.clock} time${speed}` : "");
  document.title = run ? `${word}: ${run.name}` : "uefarm live";
  $("progress-row").hidden = !now;
  if (now) {
    const phase = now.number > 0 && now.remainingSeconds !== null ? `phase ${now.number} of ${now.count}: ${now.name}` : now.name;
    const remaining = now.remainingSeconds === null ? "" : `, ${clock(now.remainingSeconds)} left`;
    const began = run.phases.length > 0 ? run.phases[0].startSeconds : run.elapsedSeconds;
    const played = Math.min(run.lengthSeconds, Math.max(0, run.elapsedSeconds - began));
    setText($("phase"), state.stand === "ended" ? `ended after ${clock(run.elapsedSeconds)}` : `${phase}${remaining} (${clock(played)} of ${clock(run.lengthSeconds)} played)`);
    $("progress").value = run.lengthSeconds > 0 ? played / run.lengthSeconds : 0;
  }
};

const showFacts = state => {
  const { ledger, rates, phones } = state;
  const delivery = state.latencies.find(each => each.name === "delivery");
  const facts = [
    ["Messages sent", count(ledger.sent)], ["Accepted", count(ledger.accepted), share(ledger.accepted, ledger.sent)],
    ledger.unaccounted === null ? ["Under way", count(ledger.underWay)] : ["Unaccounted for", count(ledger.unaccounted)], ["Stored", count(ledger.stored)],
    ...(rates ? [["Offered", rate(rates.offered)], ["Delivered", rate(rates.delivered)], ["Registrations", rate(rates.registrations)]] : []),
    ["Phones registered", count(phones.registered), `of ${count(state.run.phones)}`],
    ...(delivery?.samples > 0 ? [["Half delivered within", latency(delivery.p50)], ["99 % delivered within", latency(delivery.p99)]] : []),
    ...(state.capacity ? [["Replay cache needed", count(state.capacity.minCapacity), state.capacity.minCapacity === 1 ? "entry" : "entries"]] : []),
  ];
  fit(
    $("facts"), facts,
    () => {
      const box = make("div");
      const value = make("dd");
      value.append(make("span"), make("small"));
      box.append(make("dt"), value);
      return box;
    },
    (box, [name, value, more]) => {
      setText(box.firstElementChild, name);
      setText(box.lastElementChild.firstElementChild, value);
      setText(box.lastElementChild.lastElementChild, more ?? "");
    });
};

const showCourse = state => {
  const { series, run, rates } = state;
  $("charts").hidden = !series;
  $("no-course").hidden = series !== null;
  if (!series) {
    return;
  }

  const end = Math.max(last(series.seconds), run.phases.length > 0 ? last(run.phases).endSeconds : 0);
  for (const chart of course) {
    const lines = chart.lines
      .filter(([, key, isRare]) => !isRare || series[key].some(value => value > 0))
      .map(([name, key]) => ({ name, shown: chart.format(rates?.[key] ?? last(series[key])), points: series.seconds.map((at, index) => [at, series[key][index]]) }));
    const words = lines.map(line => `${line.name}: now ${line.shown}, at most ${chart.format(highest([line]))}`).join("; ");
    chart.draw(lines, time(end), linear(highest(lines), count), run.phases, words);
  }
};

const showJudgement = state => {
  $("no-thresholds").hidden = state.thresholds.length > 0;
  $("thresholds-scroll").hidden = state.thresholds.length === 0;
  fillRows(
    $("thresholds"),
    state.thresholds.map(each => [{ code: true, text: each.text }, outcomes[each.outcome], each.shown ?? "-", each.samples > 0 ? count(each.samples) : "-"]), 2);
  fillRows(
    $("promises"), state.promises.map(each => [
      { text: `${each.number} ${each.name}`, small: each.meaning }, each.outcome === "failed" ? { badge: "bad", text: "broken" } : outcomes[each.outcome], each.detail]), 3);
};

const showLedger = state => {
  const { ledger } = state;
  const rows = [
    ["accepted", "accepted", ledger.accepted], ["rejected", "rejected", ledger.rejected], ["expired", "expired", ledger.expired], ["failed", "failed", ledger.failed],
    ["stored", "stored", ledger.stored], ["under way", "underway", ledger.underWay], ["unaccounted", "unaccounted", ledger.unaccounted],
  ].filter(([name, , number]) => number !== null || name === "expired");
  bar(rows.map(([name, style, number]) => ({ name, style, count: Math.max(0, number ?? 0), shown: share(number, ledger.sent) })));
  fillRows(
    $("ledger"),
    [["sent", count(ledger.sent), share(ledger.sent, ledger.sent)],
      ...rows.map(([name, , number]) => [name, number === null ? notKnown : count(number), share(number, ledger.sent)])], 1);
  const reasons = [["rejected", state.rejections], ["failed", state.failures]].flatMap(([outcome, group]) => Object.entries(group)
    .filter(([, number]) => number > 0).sort((one, other) => other[1] - one[1]).map(([reason, number]) => [`${outcome}: ${reason}`, count(number), share(number, ledger.sent)]));
  fillRows($("reasons"), reasons.length > 0 ? reasons : [[state.stand === "ended" ? "none" : "none so far", "0", "-"]], 1);
  const redelivered = ledger.redelivered > 0 ? `${count(ledger.redelivered)} messages were delivered again after a lost answer and recognised; they are not counted twice. ` : "";
  setText($("ledger-note"), redelivered + (ledger.unaccounted === null
    ? "Until the books are closed a message that failed for now may still arrive." : "sent = accepted + rejected + expired + failed + stored; anything else is unaccounted for."));
};

const showLatencies = state => fillRows(
  $("latencies"),
  state.latencies.map(each => [each.name, count(each.samples), ...[each.p50, each.p95, each.p99, each.max].map(value => each.samples > 0 ? latency(value) : "-")]), 1);

const showCapacity = state => {
  const { capacity } = state;
  const hasCurve = capacity !== null && capacity.minCapacity > 1;
  $("capacity-chart").hidden = !hasCurve;
  $("capacity-details").hidden = !hasCurve;
  if (capacity === null) {
    setText($("capacity-text"), state.stand === "ended" ? "Nothing met a replay cache in this run." : "Nothing has met a replay cache yet.");
    return;
  }

  setText(
    $("capacity-text"),
    `Smallest loss-free size: ${count(capacity.minCapacity)} ${capacity.minCapacity === 1 ? "entry" : "entries"} for each phone, for the ${count(capacity.messages)} messages that met a `
    + `cache for the first time${state.stand === "ended" ? "" : " so far"}. One in a million refused: ${count(capacity["capacityFor1e-6"])}; one in a thousand: ${count(capacity["capacityFor1e-3"])}.`);
  if (hasCurve) {
    const floor = 1 / Math.max(1, capacity.messages);
    const none = 10 ** (Math.ceil(Math.log10(floor) - 1e-9) - 1);
    const points = capacity.curve.map(point => [point.capacity, point.rejected > 0 ? point.rejected / capacity.messages : none]);
    const percent = value => value < floor ? "none" : String(Number((value * 100).toPrecision(3))) + " %";
    capacityChart(
      [{ name: "refused", shown: `none from ${count(capacity.minCapacity)} entries on`, points }], logarithmic(1, Math.max(2, capacity.minCapacity), count),
      logarithmic(none, 1, percent), [],
      `From ${percent(points[0][1])} refused by a cache of one entry down to none with ${count(capacity.minCapacity)} entries`);
    fillRows($("curve"), capacity.curve.map(point => [count(point.capacity), count(point.rejected), share(point.rejected, capacity.messages)]), 1);
  }
};

const showChanges = state => {
  const { changes, run } = state;
  $("changes-section").hidden = changes.length === 0;
  fillRows(
    $("changes"),
    changes.map(({ at, what, by }) => [at > run.elapsedSeconds ? { text: clock(at), small: "still to come" } : clock(at), what, by]), 3);
};

const showRest = state => {
  $("warnings-section").hidden = state.warnings.length === 0;
  fit($("warnings"), state.warnings, () => make("li"), setText);
  const attacks = Object.entries(state.attacks);
  $("attacks-section").hidden = attacks.length === 0;
  fillRows($("attacks"), attacks.map(([kind, number]) => [kind, count(number)]), 1);
  $("nodes-section").hidden = state.nodes.length === 0;
  fillRows(
    $("nodes"),
    state.nodes.map(node => [
      node.node, node.roles.join(", "), count(node.blocks), count(node.registered), count(node.sent), count(node.accepted), latency(node.cpuSeconds), bytes(node.residentBytes)]), 2);
  $("unknown").hidden = state.unknown.length === 0;
  setText($("unknown"), `Not known here: ${state.unknown.join("; ")}.`);
  setText($("program"), state.program);
};

export const show = state => {
  showHead(state);
  $("run").hidden = !state.run;
  if (state.run) {
    showFacts(state);
    showChanges(state);
    showCourse(state);
    showJudgement(state);
    showLedger(state);
    showLatencies(state);
    showCapacity(state);
    showRest(state);
  }
};
