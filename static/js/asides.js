// What only the script shows is drawn by the script, once, since it is the same on each page: that no answer came, that an open form's
// connector has changed, the list of keys, and what the question before the session's end says.
const icon = (name) => `<svg aria-hidden="true"><use href="${document.querySelector("use").href.baseVal.split("#")[0]}#${name}"></use></svg>`;

const unreachable = () => `<div id="unreachable" class="note tone-bad unreachable" role="alert" hidden>${icon("cloud-off")}<div class="note-text">
<p class="note-title">Switchboard did not answer.</p>
<p>What you typed is still here. Sending it again is safe: one form is one change, however often it is sent.</p></div></div>`;

const changed = () => `<div id="changed" class="note tone-late changed" hidden>${icon("refresh")}<div class="note-text">
<p class="note-title">This connector has changed.</p><p>What you typed stays as it is.</p>
<div class="note-actions"><a class="btn btn-sm" href="/connectors" target="_blank" rel="noopener">Show it in a new tab</a></div></div></div>`;

// All shortcuts, as shortcut.js and keys.js know them.
const keys = {
  "On every page": [["/ Ctrl+K", "Find a connector"], ["?", "Show or hide this list"]],
  "On a connector’s page": [["c", "Copy the summary for the caller"]],
  "In the list of connectors": [
    ["j ↓", "Next row; the arrow works from a row on"],
    ["k ↑", "Row before"],
    ["Enter", "Open the row’s connector"],
    ["e", "Edit it, with the role admin"],
    ["x", "Tick it, or take the tick away"],
  ],
};

const pressed = (any) => any.split(" ").map((key) => `<kbd>${key}</kbd>`).join("\n<span>or</span> ");
const keysOf = (part) => `<h3>${part}</h3><dl class="keys-list">${keys[part].map(([any, does]) => `<div><dt>${pressed(any)}</dt><dd>${does}</dd></div>`).join("")}</dl>`;

const keyList = () => `<h2 id="keys-title" tabindex="-1" autofocus>Keys</h2>
<p class="muted">They do nothing while you type, and can be turned off in the menu with your name.</p>${Object.keys(keys).map(keysOf).join("")}
<button type="button" class="btn btn-sm" popovertarget="keys" popovertargetaction="hide">Close</button>`;

const session = (token) => `<form method="post" action="/sessions/keep" data-session-keep><input type="hidden" name="token" value="${token}">
<div class="card-body"><h2 class="dialog-title" id="session-title">${icon("clock")}<span data-session-when="idle">Are you still there?</span>
<span data-session-when="final" hidden>Your session is about to end</span><span data-session-when="over" hidden>Your session has ended</span></h2>
<p data-session-when="idle">For want of activity you will be signed out in <span data-session-left></span>.</p>
<p data-session-when="final" hidden>It has lasted as long as a session may, and ends in <span data-session-left></span>. Save what you have typed.</p>
<p data-session-when="over" hidden>Nothing was saved or sent. Sign in and you come back to this page; what you typed into a form is kept.</p>
<p class="form-error" role="alert" data-session-trouble hidden>${icon("alert-triangle")}<span>No answer came. Try again.</span></p>
<p class="visually-hidden" role="status" data-session-said></p></div>
<div class="card-footer form-actions dialog-actions">
<button type="button" class="btn" commandfor="session" command="close" data-session-later data-session-when="final" hidden>Understood</button>
<button class="btn btn-primary" data-session-when="idle">Stay signed in</button>
<a class="btn btn-primary" href="" data-session-again data-session-when="over" hidden>Sign in</a></div></form>`;

function fill(id, text) {
  const element = document.getElementById(id);
  if (!element) return;
  element.setAttribute("aria-labelledby", `${id}-title`);
  element.innerHTML = text;
}

// place puts them where they are missing: a whole page that htmx brings comes without them.
function place() {
  const main = document.querySelector(".shell-page > main");
  if (!main || document.getElementById("unreachable")) return;
  main.insertAdjacentHTML("beforebegin", unreachable() + changed());
  fill("keys", keyList());
  fill("session", session(document.querySelector("input[name=token]")?.value));
}

document.addEventListener("htmx:after:swap", place);
place();
