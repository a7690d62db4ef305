import { later } from "./later.js";

// life is for how long what was typed into a form is kept in this tab, see keep.js.
export const life = 30 * 60 * 1000;

const person = () => document.body.dataset.person;
const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";

// What other people typed in this tab, or what is too old, stays no longer than until somebody else opens a page.
function forgetOthers() {
  for (const name of Object.keys(sessionStorage).filter((name) => name.startsWith("typed "))) {
    const kept = JSON.parse(sessionStorage.getItem(name));
    const left = kept.why === "reload" && !reloaded; // on purpose
    if ((person() && kept.person !== person()) || Date.now() - kept.at >= life || left) sessionStorage.removeItem(name);
  }
}

try {
  forgetOthers();
  if (Object.keys(sessionStorage).some((name) => name.startsWith("typed "))) later(); // keep.js puts it back
} catch {
  // the browser allows no storage
}
