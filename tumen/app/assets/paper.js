// A chart as a sheet for paper: title, colours, chart, how to read it, from what, as of when, and where
// it was found, in one SVG that needs nothing from outside.

const CHART = 980; // pixels that a chart is wide, as chart.PAPER says
const EDGE = 22;
const SHEET = CHART + 2 * EDGE;
const DOTS = 2126; // 180 mm at 300 dots an inch
const NS = "http://www.w3.org/2000/svg";
const INK = "#1c1f23";
const QUIET = "#5a626b";
const FALLBACK = "Arial, Helvetica, sans-serif";
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g; // what XML cannot hold

const pen = () => document.createElement("canvas").getContext("2d");

function element(name, attributes, ...children) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// How wide a text is: in our type, or in the one that stands in for it where ours is missing.
function measured(text, size, weight, family) {
  const context = pen();
  if (!context) return text.length * size * 0.6;
  return Math.max(
    ...[family, FALLBACK].map((face) => {
      context.font = `${weight} ${size}px ${face}`;
      return context.measureText(text).width;
    }),
  );
}

function broken(text, width, style, family) {
  const fits = (line) => measured(line, style.size, style.weight, family) <= width;
  const lines = [""];
  for (const word of text.replace(UNFIT, "").split(/\s+/).filter(Boolean)) {
    const joined = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (fits(joined)) {
      lines[lines.length - 1] = joined;
      continue;
    }
    if (lines.at(-1)) lines.push("");
    let rest = word; // an address may be longer than a line
    while (!fits(rest)) {
      let end = rest.length - 1;
      while (end > 1 && !fits(rest.slice(0, end))) end -= 1;
      lines[lines.length - 1] = rest.slice(0, end);
      lines.push("");
      rest = rest.slice(end);
    }
    lines[lines.length - 1] = rest;
  }
  return lines;
}

// A paragraph at a height; returns where the next one may begin.
function paragraph(sheet, text, top, style, family) {
  if (!text) return top;
  const leading = style.size * 1.32;
  for (const line of broken(text, CHART, style, family)) {
    const place = { x: EDGE, y: (top + style.size).toFixed(1), "font-size": style.size, "font-weight": style.weight };
    sheet.append(element("text", { ...place, fill: style.ink, class: style.role }, line));
    top += leading;
  }
  return top + style.after;
}

const HEAD = { role: "finding", size: 21, weight: 600, ink: INK, after: 4 };
const SUB = { role: "title", size: 14, weight: 400, ink: QUIET, after: 10 };
const NOTE = { role: "caption", size: 12.5, weight: 400, ink: INK, after: 5 };
const SOURCE = { role: "source", size: 11.5, weight: 400, ink: QUIET, after: 0 };

function colours(sheet, entries, top, family) {
  let x = EDGE;
  let y = top;
  for (const { label, color } of entries) {
    const width = 18 + measured(label, 12.5, 400, family);
    if (x > EDGE && x + width > SHEET - EDGE) {
      x = EDGE;
      y += 20;
    }
    sheet.append(element("circle", { cx: x + 5, cy: y + 8, r: 5, fill: color }));
    sheet.append(element("text", { x: x + 15, y: y + 12.5, "font-size": 12.5, fill: INK }, label));
    x += width + 16;
  }
  return entries.length ? y + 28 : top;
}

// → { svg, width, height }
async function onPaper(figure, caption, entries, address) {
  const drawn = await drawnAsSvg(figure, CHART);
  const family = figure.layout.font?.family ?? getComputedStyle(document.body).fontFamily;
  const sheet = element("svg", { "font-family": family });
  const about = caption.view ? `${caption.title}. In view: ${caption.view}.` : `${caption.title}.`;
  let top = paragraph(sheet, caption.finding, EDGE, HEAD, family);
  top = paragraph(sheet, about, top, SUB, family);
  top = colours(sheet, entries, top, family);
  const plot = new DOMParser().parseFromString(drawn.svg, "image/svg+xml").documentElement;
  plot.setAttribute("x", EDGE);
  plot.setAttribute("y", top.toFixed(1));
  sheet.append(document.importNode(plot, true));
  top = paragraph(sheet, `${caption.reading} ${caption.basis}`, top + drawn.height + 12, NOTE, family);
  top = paragraph(sheet, `${caption.source}. ${address}`, top, SOURCE, family);
  const height = Math.ceil(top + EDGE - 8);
  const size = { width: "180mm", height: `${((180 * height) / SHEET).toFixed(1)}mm` };
  for (const [key, value] of Object.entries({ ...size, viewBox: `0 0 ${SHEET} ${height}` }))
    sheet.setAttribute(key, value);
  sheet.prepend(
    element("title", {}, caption.finding.replace(UNFIT, "")),
    element("rect", { width: SHEET, height, fill: "#ffffff" }),
  );
  return { svg: new XMLSerializer().serializeToString(sheet), width: SHEET, height };
}

// A PNG that says how large it is on paper: a pHYs chunk after the head, or programs would take 72 dots an inch.
async function sizedForPaper(blob) {
  const chunk = new DataView(new ArrayBuffer(21));
  const perMetre = Math.round((DOTS / 180) * 1000);
  [9, 0x70485973, perMetre, perMetre].forEach((word, place) => chunk.setUint32(4 * place, word));
  chunk.setUint8(16, 1); // the unit is the metre
  chunk.setUint32(17, checksum(new Uint8Array(chunk.buffer, 4, 13)));
  const head = 33; // signature and IHDR
  return new Blob([blob.slice(0, head), chunk.buffer, blob.slice(head)], { type: "image/png" });
}

function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
