// The session's end is said before it comes: a question with a countdown, and a button that prolongs it. Nothing here
// keeps a session alive by itself. Each answer says how long is left, and the tabs of a browser tell each other.
import { plain } from "./clicks.js";
import { mean } from "./guard.js";
import { later, once } from "./later.js";

const dialog = () => document.getElementById("session");
const tabs = new BroadcastChannel("switchboard-session");
let end = 0;
let final = false;
let over = false;
let said = 0;

// learn takes "SECONDS" or "SECONDS; final": what is left, and whether nothing can prolong it.
export function learn(text, tell = true) {
  const [seconds, word] = (text ?? "").split(";");
  if (!/^\d+$/.test(seconds)) return;
  end = Date.now() + Number(seconds) * 1000;
  final = word?.trim() === "final";
  over = false;
  if (tell) tabs.postMessage({ end, final, person: document.body.dataset.person });
  tick();
}

tabs.addEventListener("message", ({ data }) => {
  if (data.person !== document.body.dataset.person) return;
  ({ end, final } = data);
  over = false;
  tick();
});

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const words = (seconds) => (seconds >= 60 ? `${Math.round(seconds / 60)} min` : `${seconds} seconds`);

function show(element, left) {
  if (!element.firstElementChild) return; // its words have not come, see asides.js
  const ended = left <= 0;
  for (const part of element.querySelectorAll("[data-session-when]")) {
    part.hidden = part.dataset.sessionWhen !== (ended ? "over" : final ? "final" : "idle");
  }
  for (const place of element.querySelectorAll("[data-session-left]")) place.textContent = clock(Math.max(left, 0));
  const step = [60, 30, 10, 0].find((mark) => left > mark) ?? -1;
  if (!element.open) {
    said = step;
    element.showModal();
  } else if (step !== said) {
    // said politely at a few steps only, inside the dialog: what lies outside is not read while it is open
    said = step;
    element.querySelector("[data-session-said]").textContent = ended ? "Your session has ended." : `${words(left)} left.`;
  }
}

function tick() {
  const element = dialog();
  if (!element || over) return;
  const left = Math.ceil((end - Date.now()) / 1000);
  if (left > Number(element.dataset.warn)) {
    if (element.open) element.close();
    return;
  }
  if (left > 0 && element.dataset.later === String(end)) return; // dismissed for this end
  if (!element.firstElementChild) return later(); // its words, see asides.js
  over = left <= 0;
  once(() => show(element, left));
}

// sessionOver says at once that the session has ended, where the server says so.
export function sessionOver() {
  end = 0;
  tick();
}

// The first answer is the page itself.
learn(dialog()?.dataset.left);
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
addEventListener("pageshow", tick);

document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => learn(ctx.response.headers.get("Switchboard-Session")));

// Who puts the question aside is not asked again before this end.
const aside = () => (dialog().dataset.later = String(end));

document.addEventListener("cancel", ({ target }) => target === dialog() && aside(), true);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-session-keep]")) return;
  event.preventDefault();
  const trouble = form.querySelector("[data-session-trouble]");
  trouble.hidden = true;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => undefined);
  if (!answer || answer.status >= 500) {
    trouble.hidden = false; // nothing is known of the session
    return;
  }
  if (answer.status === 204) {
    learn(answer.headers.get("Switchboard-Session"));
    dialog().close();
    return;
  }
  end = 0; // ended already, or another one has begun
  tick();
});

// The way back in is this page itself: it leads over the sign-in to here.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-session-later]")) aside();
  if (!event.target.closest("[data-session-again]") || !plain(event)) return;
  document.dispatchEvent(new Event("leaving")); // see keep.js
  mean();
}, true);
