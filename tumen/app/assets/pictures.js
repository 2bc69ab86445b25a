// Draws figures off screen in the reader's browser and reports the pictures: nobody else's browser is needed.

const DRAWN = new Set(); // requests that were answered; a rerun of the page must not draw again

async function pictureOf(figure) {
  const { width } = figure.layout;
  const { svg, height } = await drawnAsSvg(figure, width);
  const png = await asDataUrl(await rastered(svg, width, height, Math.round(width * 2.5)));
  return { svg, png: png.slice(png.indexOf(",") + 1) };
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const status = parentElement.querySelector("[role=status]");
  if (!data.request || DRAWN.has(data.request)) return;
  DRAWN.add(data.request);

  (async () => {
    const pictures = {};
    const failed = {};
    for (const [name, text] of Object.entries(data.figures)) {
      status.textContent = `Drawing: ${name}`;
      try {
        pictures[name] = await pictureOf(JSON.parse(text));
      } catch (error) {
        failed[name] = String(error.message ?? error);
      }
    }
    status.textContent = "";
    setTriggerValue("drawn", { request: data.request, pictures, failed });
  })();
}
