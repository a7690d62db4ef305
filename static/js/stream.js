// What has changed is heard through htmx's own extension for server-sent events. A browser has few connections to a server, so one
// of its visible tabs listens and tells the others; a hidden tab neither listens nor asks. What is heard goes to the page as the
// event "heard", with its name and ids; "missed" says that something may not have been heard.
import { sessionOver } from "./session.js";

const source = document.getElementById("events");
const names = ["change", "sync", "run", "desk"];
const tabs = new BroadcastChannel("switchboard-events");
const me = `${Math.random()}`;
const askEvery = 30000;
const young = 5000; // the server tells a new stream what it told just before

let connection; // htmx's own, while this tab listens
let holds = false;
let heard = false; // the stream stands, this tab's or another's
let over = false;
let asked = 0; // when the page was whole, as far as is known: when it came, and when it asked for all that it shows
let latest = []; // what was heard lately, for a tab that has just opened

const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

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

function listen() {
  holds = true;
  source.dispatchEvent(new Event("connect"));
}

function stop() {
  holds = false;
  connection?.reader?.cancel();
  connection?.delayCanceller?.();
}

if (source) {
  source.addEventListener("htmx:sse:before:connection", (event) => {
    connection = event.detail.connection;
    if (heard && holds) stands(false), tell({ stands: false });
    if (!holds || over) event.preventDefault();
  });
  source.addEventListener("htmx:sse:after:connection", () => {
    stands(true);
    tell({ stands: true });
  });
  source.addEventListener("htmx:before:response", ({ detail: { ctx } }) => ctx.response.status === 401 && (end(), tell({ over: true })));
  source.addEventListener("end", (event) => {
    event.stopPropagation();
    end();
    tell({ over: true });
  });
  for (const name of names) {
    source.addEventListener(name, (event) => {
      event.stopPropagation(); // "change" is a field's as well
      const one = { name, ...JSON.parse(event.detail.data) };
      latest = [...latest.filter(({ at }) => at > Date.now() - young), { at: Date.now(), event: one }];
      say("heard", one);
      tell({ event: one });
    });
  }
  // A stream that was refused is asked for again; until there is one the page asks by itself.
  setInterval(() => {
    if (document.hidden || over || heard) return;
    if (holds) source.dispatchEvent(new Event("connect"));
    missed();
  }, askEvery);
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

if (source) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return hide();
    show();
    missed();
  });
  document.addEventListener("DOMContentLoaded", () => document.hidden || show());
}
