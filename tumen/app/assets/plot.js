// plotly.js, from our own server, and the usual options; shared by all components that draw.

const PLOTLY = "/plotly/plotly.min.js";
const CONFIG = {
  topojsonURL: "/geo/",
  displaylogo: false,
  displayModeBar: "hover",
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toImage"],
  showSendToCloud: false,
  showTips: false,
};

function loadPlotly() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  window.__tumenPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = PLOTLY;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("plotly.js could not be loaded"));
    document.head.append(script);
  });
  return window.__tumenPlotly;
}

function heightOf(figure, width) {
  const { aspect } = figure.layout.meta ?? {};
  return aspect ? Math.round(width / aspect) : figure.layout.height;
}

// A figure as the text of an SVG, drawn off screen.
async function drawnAsSvg(figure, width) {
  const Plotly = await loadPlotly();
  const size = { width, height: heightOf(figure, width) };
  const layout = { ...figure.layout, ...size, autosize: false };
  const url = await Plotly.toImage({ data: figure.data, layout, config: CONFIG }, { ...size, format: "svg" });
  return { ...size, svg: decodeURIComponent(url.slice(url.indexOf(",") + 1)) };
}

// An SVG as a PNG, `dots` wide, in the page's own type: a picture sees no font of the page unless it brings it.
async function rastered(svg, width, height, dots) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  root.setAttribute("width", dots);
  root.setAttribute("height", Math.round((height * dots) / width));
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = await ownFonts();
  root.prepend(style);
  const image = new Image();
  image.src = URL.createObjectURL(
    new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" }),
  );
  try {
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = dots;
    canvas.height = Math.round((height * dots) / width);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no room for so large a picture"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

// The faces of the page's first font, with their files inside.
async function ownFonts() {
  const family = firstFamily(getComputedStyle(document.body).fontFamily);
  const faces = [...document.styleSheets].flatMap(rulesOf).filter(
    (rule) =>
      rule instanceof CSSFontFaceRule &&
      firstFamily(rule.style.getPropertyValue("font-family")) === family &&
      rule.style.getPropertyValue("font-style") !== "italic",
  );
  return (await Promise.all(faces.map(embedded))).join("\n");
}

function rulesOf(sheet) {
  try {
    return [...sheet.cssRules];
  } catch {
    return []; // a sheet of another origin: none of ours
  }
}

function firstFamily(list) {
  return list.split(",")[0].trim().replace(/^["']|["']$/g, "");
}

async function embedded(rule) {
  const source = rule.style.getPropertyValue("src").match(/url\(["']?([^"')]+)["']?\)/)?.[1];
  if (!source) return "";
  const answer = await fetch(new URL(source, rule.parentStyleSheet?.href ?? document.baseURI));
  if (!answer.ok) return "";
  const file = await asDataUrl(await answer.blob());
  const weight = rule.style.getPropertyValue("font-weight") || "normal";
  const family = rule.style.getPropertyValue("font-family");
  return `@font-face { font-family: ${family}; font-weight: ${weight}; src: url("${file}"); }`;
}

function asDataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
