// Draws a plotly figure and keeps the reader's zoom and position when the figure changes.
//
// st.plotly_chart mounts a new chart whenever its figure changes, so a filter throws the reader's
// view away. Plotly.react with a constant uirevision does not. Any mark whose customdata is a text
// reports that text when it is clicked; the legend is made of real buttons, so it works by keyboard.

// A mark names its record itself (customdata); a line names it once for all its points (meta).
function picked(event) {
  for (const point of event.points ?? []) {
    const named = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
    const value = named ?? point.data?.meta;
    if (typeof value === "string" && value) return value;
  }
  return null;
}

function drawLegend(legend, entries, pick) {
  const signature = JSON.stringify(entries);
  if (legend.dataset.signature === signature) return;
  legend.dataset.signature = signature;
  legend.replaceChildren(
    ...entries.map((entry) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(Boolean(entry.pressed)));
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = entry.color;
      button.append(swatch, document.createTextNode(entry.label));
      if (entry.title) button.title = entry.title;
      button.onclick = () => pick(entry.pick);
      return button;
    }),
  );
}

// The greatest of some least widths, the smallest first, that a container still reaches.
const reached = (leasts, width) => leasts.filter((least) => least <= width).at(-1) ?? leasts[0];

// The figure made for the widest container that ours still reaches.
function fitting(figures, width) {
  const made = new Map(figures);
  return JSON.parse(made.get(reached([...made.keys()], width)));
}

// Once the server knows how wide a chart is here, it draws and sends it for this width only. It is told
// when nothing else goes on, by a listener (chart.py) for which the page need not run again; but it must, if
// the width has come to ask for a figure that was not sent.
function tellWidth(plot) {
  const { data, tell, size } = drawn.get(plot) ?? {};
  if (!data || !size.width) return;
  const wanted = reached(data.widths, size.width);
  const sent = data.figures.map(([least]) => least);
  if (sent.length === 1 && sent[0] === wanted) return;
  const told = (window.__tumenWidths ??= {});
  if (sent.includes(wanted) && told[data.key] === size.width) return;
  const busy = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
  if (busy || (sent.includes(wanted) && !window.__tumenTellWidths)) {
    setTimeout(tellWidth, 400, plot);
    return;
  }
  told[data.key] = size.width;
  if (sent.includes(wanted)) window.__tumenTellWidths({ ...told });
  else tell(size.width);
}

const drawn = new WeakMap(); // plot element → its resize observer, its newest data and its width

async function draw(plot) {
  const { data, pick, size } = drawn.get(plot);
  const figure = fitting(data.figures, size.width);
  plot.style.height = `${heightOf(figure, size.width)}px`;
  const Plotly = await loadPlotly();
  if (drawn.get(plot)?.data !== data) return; // a newer figure has come meanwhile
  await Plotly.react(plot, figure.data, figure.layout, { ...CONFIG, ...data.config });
  plot.dataset.painted = String(Number(plot.dataset.painted ?? 0) + 1);
  setTimeout(tellWidth, 400, plot);
  plot.removeAllListeners("plotly_click");
  plot.on("plotly_click", (event) => {
    const value = picked(event);
    if (value) pick(value);
  });
  plot.removeAllListeners("plotly_clickannotation");
  plot.on("plotly_clickannotation", (event) => event.annotation.name && pick(event.annotation.name));
}

function show(plot) {
  draw(plot).catch((error) => {
    plot.textContent = `This chart could not be drawn: ${error.message}. The table below holds the same facts.`;
  });
}

// The width is asked of the page once: each asking makes the browser lay out what has just changed.
// While a chart is hidden, or as its page is left, it is 0 wide: it stays as it was, and nothing is told.
function watch(plot) {
  const size = { width: plot.clientWidth };
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (!width || width === size.width) return;
    size.width = width;
    show(plot);
  });
  observer.observe(plot);
  return { observer, size };
}

// Two buttons that make a picture of the chart for paper; the words around it stand on the page too.
function drawFoot(root, data) {
  const { caption, name } = data;
  root.querySelector(".chart-title").textContent = caption.title;
  root.querySelector(".basis").textContent = caption.basis;
  const group = root.querySelector(".downloads");
  group.setAttribute("aria-label", "Download this chart as a picture");
  for (const button of group.querySelectorAll("button")) {
    const format = button.textContent;
    button.setAttribute("aria-label", `Download as ${format}: ${caption.title}`);
    button.onclick = () => download(root, button, data, `${name}.${format.toLowerCase()}`);
  }
}

async function download(root, button, data, file) {
  if (button.getAttribute("aria-busy")) return;
  const trouble = root.querySelector(".trouble");
  trouble.textContent = "";
  button.setAttribute("aria-busy", "true");
  try {
    const figure = data.paper ? JSON.parse(data.paper) : fitting(data.figures, CHART);
    const { svg, width, height } = await onPaper(figure, data.caption, data.inks, window.location.href);
    save(
      file.endsWith(".svg") ? new Blob([svg], { type: "image/svg+xml" }) : await sizedForPaper(await rastered(svg, width, height, DOTS)),
      file,
    );
  } catch (error) {
    trouble.textContent = `The picture could not be made: ${error.message}.`;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".tumen-chart");
  const plot = root.querySelector(".plot");
  const pick = (value) => setTriggerValue("pick", value);
  const tell = (width) => setStateValue("width", width);

  plot.setAttribute("role", "figure");
  plot.setAttribute("aria-label", data.alt);
  drawLegend(root.querySelector(".legend"), data.legend ?? [], pick);
  drawFoot(root, data);
  const { observer, size } = drawn.get(plot) ?? watch(plot);
  drawn.set(plot, { data, pick, tell, observer, size });
  show(plot);

  return () => {
    observer.disconnect();
    drawn.delete(plot);
    window.Plotly?.purge(plot);
  };
}
