// The top bar's search as a combobox (ARIA Authoring Practices): while somebody types, the server puts suggestions below the
// field; arrows go through them, Enter opens one, Escape puts them away. Enter without one sends the form, as without script.
const field = () => document.querySelector("[data-find]");
const list = () => document.getElementById("find-list");
const options = () => [...list().querySelectorAll("[role=option]")];
const active = () => list().querySelector("[aria-selected=true]");
const isOpen = () => !list().hidden;

// upToDate says whether the suggestions are for what the field holds: others must not be opened for them.
const upToDate = () => list().firstElementChild?.dataset.foundFor === field().value.trim();

let owed = []; // keys that were pressed before the suggestions for them were there
let sent = false; // the form, since something was typed: nothing is suggested any more

function select(option) {
  active()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
}

function show(shown) {
  list().hidden = !shown;
  field().setAttribute("aria-expanded", String(shown));
  if (shown) field().setAttribute("aria-controls", "find-options");
  else field().removeAttribute("aria-controls");
  if (!shown) select(undefined);
}

function putAway() {
  owed = [];
  if (isOpen()) show(false);
}

const giveUp = () => field().dispatchEvent(new Event("htmx:abort"));

// go does what a key does to the list, which is open and up to date.
function go(key) {
  const all = options();
  const at = all.indexOf(active());
  if (key === "ArrowDown") select(all[at + 1]);
  if (key === "ArrowUp") select(at < 0 ? all.at(-1) : all[at - 1]);
  if (key === "Enter") active()?.click();
}

function press(key) {
  sent = false;
  if (upToDate()) {
    if (!isOpen()) show(true);
    go(key);
    return;
  }
  if (!owed.length) field().dispatchEvent(new Event("suggest"));
  owed.push(key);
}

// keys of the field: what returns false is left to the browser.
const keys = {
  ArrowDown: (event) => !event.altKey && field().value.trim() && (press("ArrowDown"), true),
  ArrowUp: (event) => !event.altKey && isOpen() && (press("ArrowUp"), true),
  Enter: () => {
    if (!owed.length && !active()) return false;
    press("Enter");
    return true;
  },
  Escape: () => isOpen() && (giveUp(), putAway(), true),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.target !== field() || event.ctrlKey || event.metaKey) return;
  if (keys[event.key]?.(event)) event.preventDefault();
});

document.addEventListener("input", ({ target }) => {
  if (target !== field()) return;
  owed = [];
  sent = false;
  select(undefined);
  if (target.value.trim()) return;
  giveUp();
  putAway();
});

let latest; // request for suggestions
document.addEventListener("htmx:before:request", (event) => {
  if (event.target !== field()) return;
  const none = sent || !field().value.trim();
  if (none || upToDate()) event.preventDefault();
  if (!none && upToDate()) {
    if (!isOpen() && document.activeElement === field()) show(true);
    return; // an arrow had them come before the pause was over: what was chosen of them since stays chosen
  }
  latest = event.detail.ctx;
});

document.addEventListener("htmx:after:settle", ({ detail: { task } }) => {
  if (!field() || task.target !== list()) return;
  if (document.activeElement !== field() || !upToDate()) {
    show(false);
    return;
  }
  const waiting = owed;
  owed = [];
  show(true);
  waiting.forEach(go);
});

// Where no suggestions came, the search is sent if that is what Enter was to do next.
document.addEventListener("htmx:finally:request", ({ target, detail: { ctx } }) => {
  if (target !== field() || ctx !== latest || ctx.request.signal.aborted) return;
  const sends = owed.includes("Enter");
  owed = [];
  if (sends) field().form.requestSubmit();
});

document.addEventListener("submit", ({ target }) => {
  if (target !== field()?.form) return;
  sent = true;
  giveUp();
  putAway();
});

// A press on a suggestion leaves the focus in the field; any other way out of it puts them away.
document.addEventListener("mousedown", (event) => event.target.closest("#find-list") && event.preventDefault());
document.addEventListener("focusout", ({ target }) => target === field() && putAway());
addEventListener("pageshow", ({ persisted }) => persisted && field() && putAway()); // from the browser's memory
