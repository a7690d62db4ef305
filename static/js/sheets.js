// A page has the style sheets that it needs. Those of other pages lie in its head (data-sheets) until another page is brought into it
// or goes with it, which waits for them.
let came;

function sheets() {
  const waiting = document.querySelector("template[data-sheets]");
  if (!waiting) return came;
  const links = [...waiting.content.querySelectorAll("link")];
  waiting.remove();
  came = Promise.all(links.map((link) => new Promise((done) => (link.onload = link.onerror = done))));
  document.head.append(...links);
  return came;
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.swap === "none" || (ctx.target?.id !== "main" && ctx.target !== document.body)) return;
  const ask = ctx.fetch;
  ctx.fetch = async (...request) => {
    const waits = sheets();
    const answer = await ask(...request);
    await waits;
    return answer;
  };
});
