// Where the reader has scripts, each picture becomes a chart that can be zoomed and asked; on paper it is the picture.
(async () => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  for (const picture of document.querySelectorAll("[data-chart]")) {
    const figure = figures[picture.dataset.chart];
    const still = picture.firstElementChild;
    const plot = document.createElement("div");
    picture.append(plot);
    try {
      const config = { displaylogo: false, responsive: false, showSendToCloud: false, modeBarButtonsToRemove: ["toImage"] };
      await Plotly.newPlot(plot, figure.data, figure.layout, config);
      plot.classList.add("live");
      still.classList.add("still");
      picture.removeAttribute("role");
    } catch (error) {
      plot.remove();
      console.error(error);
    }
  }
})();
