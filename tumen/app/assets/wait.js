// Lets the rules of wait.css hold while a page opens, at first and after each change of page.
//
// A rule with :has() is looked at again on every change inside of what it asks about, and plotly changes
// a chart a thousand times in one drawing: with them always in force, a click on the timeline took twice as long.
(() => {
  const RULES = document.getElementById("tumen-wait");
  const EMPTY =
    '[data-testid="stSkeleton"], [data-testid="stBidiComponentIsolated"]:not([data-filled]), .tumen-chart .plot:not([style*="height"])';
  const SAYS = '.st-key-sentence [data-filled], [data-testid="stAlert"]';
  const LEAST = 600; // milliseconds; a new page needs some to begin at all
  const LOOK = 100;

  const isOpen = () =>
    document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning" &&
    document.querySelector(SAYS) &&
    !document.querySelector(EMPTY);

  let timer;
  function hold() {
    const since = performance.now();
    RULES.disabled = false;
    clearInterval(timer);
    timer = setInterval(() => {
      if (performance.now() - since < LEAST || !isOpen()) return;
      clearInterval(timer);
      RULES.disabled = true;
    }, LOOK);
  }

  hold();
  const push = history.pushState;
  history.pushState = function (...to) {
    const before = location.pathname;
    push.apply(this, to);
    if (location.pathname !== before) hold();
  };
  addEventListener("popstate", hold);
})();
