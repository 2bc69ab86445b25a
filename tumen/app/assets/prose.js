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

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tumen");
  if (root.dataset.version !== data.version) {
    root.innerHTML = data.html.replaceAll(HERE, location.origin);
    root.dataset.version = data.version;
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
    setTriggerValue("pick", link.dataset.pick);
  };
}
