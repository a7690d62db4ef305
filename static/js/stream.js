// What has changed is heard through a stream of server-sent events. A browser has few connections to a server, so one of its visible
// tabs listens and tells the others; a hidden tab neither listens nor asks. What is heard goes to the page as the event "heard", with
// its name and ids; "missed" says that something may not have been heard.
import { once } from "./later.js";
import { learn, sessionOver } from "./session.js";

const { stream } = document.body.dataset; // its address, where the page has one
const tabs = new BroadcastChannel("switchboard-events");
const me = `${Math.random()}`;
const askEvery = 30000;
const young = 5000; // the server tells a new stream what it told just before
const waits = { least: 500, most: 30000 };
const answersWithin = 60000;

let connection; // what ends the request, while this tab listens
let holds = false;
let heard = false; // the stream stands, this tab's or another's
let over = false;
let asked = 0; // when the page was whole, as far as is known: when it came, and when it asked for all that it shows
let latest = []; // what was heard lately, for a tab that has just opened

const say = (name, detail) => once(() => document.dispatchEvent(new CustomEvent(name, { detail }))); // to hears.js

// hears says whether the page is told of what changes; else it asks every half minute.
export const hears = () => heard;

function missed() {
  if (document.hidden || over) return;
  asked = performance.now();
  say("missed");
}

function stands(now) {
  const again = now && !heard;
  heard = now;
  if (again && performance.now() > asked + young) missed();
}

function tell(message) {
  tabs.postMessage({ ...message, from: me, person: document.body.dataset.person });
}

tabs.addEventListener("message", ({ data }) => {
  if (data.person !== document.body.dataset.person || (data.to && data.to !== me)) return;
  if (data.event) say("heard", data.event);
  if ("stands" in data) stands(data.stands);
  if (data.over) end();
  if (data.asks && holds) tell({ to: data.from, stands: heard }), latest.forEach(({ event }) => tell({ to: data.from, event }));
});

function end() {
  over = true;
  heard = false;
  sessionOver();
}

// take tells of one message: lines of "event: " and "data: ", or a comment by which the server says that it is there.
function take(message) {
  const part = (name) => message.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1];
  const name = part("event");
  if (name === "end") end(), tell({ over: true });
  if (!name || name === "end") return;
  const event = { name, ...JSON.parse(part("data")) };
  latest = [...latest.filter(({ at }) => at > Date.now() - young), { at: Date.now(), event }];
  say("heard", event);
  tell({ event });
}

// listenOnce follows the stream to its end, and says how long to wait before the next.
async function listenOnce() {
  connection = new AbortController();
  const late = setTimeout(() => connection.abort(), answersWithin);
  const answer = await fetch(stream, { headers: { Accept: "text/event-stream", "HX-Request": "true" }, signal: connection.signal });
  clearTimeout(late);
  learn(answer.headers.get("Switchboard-Session"));
  if (answer.status === 401) end(), tell({ over: true });
  if (answer.status !== 200 || !answer.headers.get("Content-Type")?.startsWith("text/event-stream")) return waits.most;
  stands(true);
  tell({ stands: true });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return waits.least;
    const messages = (rest + value).split("\n\n");
    rest = messages.pop();
    messages.forEach(take);
  }
}

// listen asks for the stream again where it ends: soon, and less and less often while there is no answer.
async function listen() {
  const own = (holds = {});
  for (let wait = waits.least; holds === own && !over; ) {
    const next = await listenOnce().catch(() => undefined);
    if (holds !== own) return;
    if (heard) stands(false), tell({ stands: false });
    if (next) wait = next;
    await new Promise((done) => setTimeout(done, wait * (0.7 + Math.random() * 0.6)));
    wait = Math.min(wait * 2, waits.most);
  }
}

function stop() {
  holds = false;
  connection?.abort();
}

// Where the browser has locks, one visible tab holds the stream for all; else each holds its own.
let waiting;
let letGo;

function show() {
  over = false; // who has signed in again in another tab is here, too
  if (!navigator.locks) return listen();
  waiting = new AbortController();
  const held = () => (document.hidden ? undefined : new Promise((done) => ((letGo = done), listen())));
  navigator.locks.request(`switchboard-events-${document.body.dataset.person}`, { signal: waiting.signal }, held).catch(() => {});
  tell({ asks: true });
}

function hide() {
  waiting?.abort();
  heard = false;
  stop();
  letGo?.();
}

if (stream) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return hide();
    show();
    missed();
  });
  document.addEventListener("DOMContentLoaded", () => document.hidden || show());
  // Until there is a stream the page asks by itself.
  setInterval(() => heard || missed(), askEvery);
}
