// Shows HTML that the server made from escaped text, and tells the server which link was chosen.
// Every link has a real address, so it can be copied or opened in a new tab; a plain click stays
// in the page and keeps the reader's place.

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

// The server does not know under which name the reader reached it: it writes this for the host
// (cite.HERE), and paths.
const HERE = "https://tumen.invalid";

// What a button copies: its text, with a path of ours turned into a whole address.
function wording(button) {
  const { copy: text, copyPath: path } = button.dataset;
  if (!path) return text;
  return text ? text.replace(path, location.origin + path) : location.origin + path;
}

// The style of all our HTML stands in the head of the page, and is read once for all who share it.
function dress(shadow) {
  if (!window.__tumenStyle) {
    window.__tumenStyle = new CSSStyleSheet();
    window.__tumenStyle.replaceSync(document.getElementById("tumen-prose").textContent);
  }
  if (!shadow.adoptedStyleSheets.includes(window.__tumenStyle)) shadow.adoptedStyleSheets.push(window.__tumenStyle);
}

function linkTo(root, pick) {
  return pick && root.querySelector(`[data-pick="${CSS.escape(pick)}"]`);
}

// New words must not take the focus away: it stays on the same link, or goes to the new heading.
// Nor do they fold what the reader has opened.
function fill(root, html) {
  const focused = root.getRootNode().activeElement;
  const pick = focused?.dataset.pick;
  const opened = new Set([...root.querySelectorAll("details[data-name][open]:not([data-open])")].map((fold) => fold.dataset.name));
  root.innerHTML = html;
  for (const fold of root.querySelectorAll("details[data-name]")) fold.open ||= opened.has(fold.dataset.name);
  if (!focused) return;
  const heading = root.querySelector("h1, h2, h3");
  heading?.setAttribute("tabindex", "-1");
  (linkTo(root, pick) ?? heading)?.focus({ preventScroll: true });
}

// --- the keyboard in a card -------------------------------------------------------------------

const CARD = "[role=dialog]:has([data-testid=stBidiComponentIsolated])";
const STOPS = "a[href], button:enabled, input:enabled, summary, [tabindex]:not([tabindex='-1'])";

function stops(box) {
  return [...box.querySelectorAll("*")].flatMap((element) => [
    ...(element.matches(STOPS) && element.checkVisibility() ? [element] : []),
    ...(element.shadowRoot ? stops(element.shadowRoot) : []),
  ]);
}

function focusedDeep() {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
}

// Streamlit's dialog keeps the Tab key inside, but does not look into shadow roots: nothing of ours
// could be reached. So the round through a card is made here.
function tab(event) {
  const card = event.key === "Tab" && document.querySelector(CARD);
  if (!card) return;
  const all = stops(card);
  const next = all.indexOf(focusedDeep()) + (event.shiftKey ? -1 : 1);
  event.preventDefault();
  event.stopImmediatePropagation();
  all.at(next < -1 ? -1 : next % all.length)?.focus();
}

if (!window.__tumenTab) window.addEventListener("keydown", (window.__tumenTab = tab), true);

// When the card closes that a link has opened, the focus returns to the link.
function comeBack(root, pick) {
  let seen = false;
  let patience = 100;
  const timer = setInterval(() => {
    const open = Boolean(document.querySelector(CARD));
    if (seen && !open) linkTo(root, pick)?.focus({ preventScroll: true });
    if ((seen && !open) || (!seen && !--patience)) clearInterval(timer);
    seen ||= open;
  }, 100);
}

// What a reader ticked stays so for this visit.
function rememberTick(box) {
  const key = `tumen-${box.dataset.remember}`;
  box.checked = sessionStorage.getItem(key) === "yes";
  box.onchange = () => sessionStorage.setItem(key, box.checked ? "yes" : "no");
}

// What a reader folded away stays so for this visit; the first time it is open where there is room.
function remember(fold) {
  const key = `tumen-${fold.dataset.remember}`;
  const kept = sessionStorage.getItem(key);
  fold.open = kept ? kept === "open" : innerWidth >= Number(fold.dataset.openFrom);
  fold.ontoggle = () => sessionStorage.setItem(key, fold.open ? "open" : "closed");
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tumen");
  dress(root.getRootNode());
  if (root.dataset.version !== data.version) {
    fill(root, data.html.replaceAll(HERE, location.origin));
    root.dataset.version = data.version;
    root.querySelectorAll("details[data-remember]").forEach(remember);
    root.querySelectorAll("input[data-remember]").forEach(rememberTick);
    root.getRootNode().host?.setAttribute("data-filled", ""); // frame.css shows what stands below
  }
  root.onclick = (event) => {
    const button = event.target.closest("[data-copy], [data-copy-path]");
    if (button) {
      copy(wording(button)).then(() => {
        const label = button.dataset.label ?? button.textContent;
        button.dataset.label = label;
        button.style.minWidth = `${button.offsetWidth}px`; // nothing moves while it says "Copied"
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = label), 1600);
      });
      return;
    }
    const link = event.target.closest("[data-pick]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!root.getRootNode().host?.closest("[role=dialog]")) comeBack(root, link.dataset.pick);
    setTriggerValue("pick", link.dataset.pick);
  };
}
