// The age of what is shown goes on while it is shown: "just now" stays true. The words are those of connector.Ago.
const units = [["day", 86400, 2 * 86400], ["h", 3600, 3600], ["minute", 60, 60], ["second", 1, 0]];

export function ago(seconds) {
  if (seconds < 5) return "just now";
  const [unit, length] = units.find(([, , from]) => seconds >= from);
  const n = Math.floor(seconds / length);
  return `${n.toLocaleString("en")} ${unit === "h" || n === 1 ? unit : unit + "s"} ago`;
}

// A time was so old when it came, and is as much older as it stands: by the page's own clock, and by the machine's where that
// is ahead, since the page's stands still while the machine sleeps.
const came = new WeakMap();
const [began, opened] = [performance.now(), Date.now()];
const passed = () => Math.max(performance.now() - began, Date.now() - opened);

function age() {
  for (const time of document.querySelectorAll("time[data-ages]")) {
    if (!came.has(time)) came.set(time, passed() - Number(time.dataset.ages) * 1000);
    const text = ago((passed() - came.get(time)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

// What a page has asked for by itself takes the place of what it shows, element by element.
document.addEventListener("htmx:after:settle", ({ detail: { task } }) => {
  for (const time of task.target?.querySelectorAll?.("time[data-ages]") ?? []) came.delete(time);
  age();
});
document.addEventListener("htmx:after:process", age);
setInterval(age, 5000);
addEventListener("pageshow", age);
age();
