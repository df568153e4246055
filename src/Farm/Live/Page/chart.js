// Line charts as the report draws them: SVG whose colours are the page's, so that they follow light and dark.

import { fit, make, setText } from "./rows.js";

const svgSpace = "http://www.w3.org/2000/svg";
const [width, height, left, right, top, bottom] = [440, 230, 62, 12, 20, 26];

const draw = (name, attributes, text) => {
  const element = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }

  if (text !== undefined) {
    element.textContent = text;
  }

  return element;
};

const short = value => String(Number(value.toFixed(1)));

const niceSteps = [1, 2, 5, 10];

// From 0 to a round number at or above the highest value, in whole steps.
export const linear = (highest, format) => {
  const rough = Math.max(highest / 4, 1);
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * niceSteps.find(nice => nice * decade >= rough * (1 - 1e-9));
  const count = Math.max(1, Math.ceil(Math.max(highest, step) / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => ({ value: index * step, label: format(index * step) }));
  return { place: value => value / (step * count), ticks };
};

export const logarithmic = (lowest, highest, format) => {
  const first = Math.floor(Math.log10(lowest) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(highest) - 1e-9));
  const stride = Math.floor((last - first) / 6) + 1;
  const ticks = [];
  for (let power = first; power <= last; power += stride) {
    ticks.push({ value: 10 ** power, label: format(10 ** power) });
  }

  return { place: value => (Math.log10(value) - first) / (last - first), ticks };
};

const timeUnits = [
  { length: 1, name: "s", steps: [1, 2, 5, 10, 15, 30, 60, 120] }, { length: 60, name: "min", steps: [1, 2, 5, 10, 15, 30, 60] },
  { length: 3600, name: "h", steps: [1, 2, 3, 6, 12, 24] }, { length: 86400, name: "d", steps: [1, 2, 5, 7, 14, 30, 60, 90, 180, 365] },
];

// From 0 to the end, in the unit that suits its length; the last label carries the unit.
export const time = seconds => {
  const end = Math.max(seconds, 1);
  const unit = timeUnits.findLast(each => end >= 3 * each.length) ?? timeUnits[0];
  const step = unit.steps.find(each => end / unit.length / each <= 6) ?? Math.ceil(end / unit.length / 6);
  const count = Math.floor(end / unit.length / step);
  const ticks = Array.from(
    { length: count + 1 }, (_, index) => ({ value: index * step * unit.length, label: index * step + (index === count ? " " + unit.name : "") }));
  return { place: value => value / end, ticks };
};

const xOf = (axis, value) => left + Math.min(1, Math.max(0, axis.place(value))) * (width - left - right);
const yOf = (axis, value) => height - bottom - Math.min(1, Math.max(0, axis.place(value))) * (height - top - bottom);

const pathOf = (points, x, y) => points.map(([across, up], index) => `${index === 0 ? "M" : "L"}${short(xOf(x, across))} ${short(yOf(y, up))}`).join("");

const bands = (phases, x) => phases.flatMap((phase, index) => {
  const [from, to] = [xOf(x, phase.startSeconds), xOf(x, phase.endSeconds)];
  const band = draw("rect", { class: index % 2 === 0 ? "band" : "band odd", x: short(from), y: top, width: short(to - from), height: height - top - bottom });
  band.append(draw("title", {}, phase.name));
  const label = `${index + 1} ${phase.name}`;
  const text = label.length * 6.5 <= to - from ? label : String(index + 1).length * 6.5 <= to - from ? String(index + 1) : "";
  return [band, draw("text", { x: short((from + to) / 2), y: 14, "text-anchor": "middle" }, text)];
});

// Makes a chart in the parent; what it gives draws it: lines are { name, shown, points }, axes come from above, words say what is to be seen.
export const createChart = (parent, id, title, unit) => {
  const figure = parent.appendChild(make("figure"));
  figure.id = "plot-" + id;
  const caption = figure.appendChild(make("figcaption"));
  caption.append(make("strong", "", title), ` (${unit})`);
  const legend = figure.appendChild(make("ul", "legend"));
  const svg = figure.appendChild(draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${id}-t ${id}-d` }));
  svg.append(draw("title", { id: `${id}-t` }, `${title} (${unit})`));
  const words = svg.appendChild(draw("desc", { id: `${id}-d` }));
  const picture = svg.appendChild(draw("g", {}));
  return (lines, x, y, phases, said) => {
    fit(
      legend, lines,
      line => {
        const item = make("li");
        const swatch = draw("svg", { class: "swatch", viewBox: "0 0 28 10", "aria-hidden": "true" });
        swatch.append(draw("path", { class: "line c" + lines.indexOf(line), d: "M1 5L27 5" }));
        item.append(swatch, line.name + " ", make("b"));
        return item;
      },
      (item, line) => setText(item.lastElementChild, line.shown));
    setText(words, said);
    picture.replaceChildren(
      ...bands(phases, x),
      ...x.ticks.map(tick => draw("path", { class: "grid", d: `M${short(xOf(x, tick.value))} ${height - bottom}V${top}` })),
      ...x.ticks.map((tick, index) => draw(
        "text", { x: short(xOf(x, tick.value)), y: height - 8, "text-anchor": index === x.ticks.length - 1 && xOf(x, tick.value) > width - 40 ? "end" : "middle" }, tick.label)),
      ...y.ticks.map(tick => draw("path", { class: "grid", d: `M${left} ${short(yOf(y, tick.value))}H${width - right}` })),
      ...y.ticks.map(tick => draw("text", { x: left - 6, y: short(yOf(y, tick.value) + 4), "text-anchor": "end" }, tick.label)),
      ...lines.map((line, index) => draw("path", { class: "line c" + index, d: pathOf(line.points, x, y) })));
  };
};

// Shares of a whole as one bar with a legend; parts are { name, style, count, shown }.
export const createBar = (parent, id, label) => {
  const figure = parent.appendChild(make("figure", "wide"));
  const svg = figure.appendChild(draw("svg", { class: "bar", viewBox: "0 0 1000 34", preserveAspectRatio: "none", role: "img", "aria-labelledby": `${id}-t` }));
  const title = svg.appendChild(draw("title", { id: `${id}-t` }));
  const picture = svg.appendChild(draw("g", {}));
  const legend = figure.appendChild(make("ul", "legend"));
  return parts => {
    const shown = parts.filter(part => part.count > 0);
    const whole = shown.reduce((sum, part) => sum + part.count, 0);
    figure.hidden = whole === 0;
    setText(title, `${label}: ${shown.map(part => `${part.name} ${part.shown}`).join(", ")}`);
    let from = 0;
    picture.replaceChildren(...shown.map(part => {
      const size = part.count / whole * 1000;
      const rectangle = draw("rect", { class: "part " + part.style, x: short(from), y: 0, width: short(size), height: 34 });
      from += size;
      return rectangle;
    }));
    legend.replaceChildren(...shown.map(part => {
      const swatch = draw("svg", { class: "swatch", viewBox: "0 0 28 10", "aria-hidden": "true" });
      swatch.append(draw("rect", { class: "part " + part.style, x: 0, y: 0, width: 28, height: 10 }));
      const item = make("li");
      item.append(swatch, `${part.name} ${part.shown}`);
      return item;
    }));
  };
};
