// What a link of the list's results leads to is asked for while the pointer rests on the link or it has the focus, so that a press shows it
// at once. Nobody has looked by that, so it is a request that a page sends by itself: the server makes the answer from what was
// read, or makes none (204), and then the press asks as ever.
const rest = 60; // a pointer on its way elsewhere asks for nothing
const fresh = 5000;
// A press that asks the server for nothing keeps no session alive, so one that is this long after the last asks.
const silent = 20000;
const links = "[hx-target\\:inherited='#results'] a";

let ahead; // the one answer that was asked for ahead of the press
let resting;
let asked = 0;

function askAhead({ pathname, search }) {
  const address = pathname + search;
  if (ahead?.address === address && performance.now() - ahead.at < fresh) return;
  ahead = {
    address,
    at: performance.now(),
    answer: fetch(address, {
      headers: { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#results", "Switchboard-Passive": "preload" },
      redirect: "error",
    })
      .then(async (came) => (came.status === 200 ? new Response(await came.blob(), came) : undefined)) // an answer that nobody reads keeps its connection
      .catch(() => undefined),
  };
}

document.addEventListener("pointerover", ({ target, pointerType }) => {
  clearTimeout(resting);
  const link = pointerType !== "touch" && target.closest(links);
  if (link) resting = setTimeout(askAhead, rest, link);
});
document.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && target.matches(links) && askAhead(target));

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const now = performance.now();
  const answered = ahead?.address === ctx.request.action && ctx.request.method === "GET" && ctx.target?.id === "results";
  if (answered && now - ahead.at < fresh && now - asked < silent) {
    const [ask, { answer }] = [ctx.fetch, ahead];
    ctx.fetch = async (...request) => {
      const came = await answer;
      return came ?? ask(...request);
    };
  } else {
    asked = now;
  }
  ahead = undefined;
});
