import { announce } from "./announce.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    refuse(button);
    return;
  }
  announce(button.dataset.copyDone);
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});

// refuse says beside the button, for a while, that nothing was copied.
function refuse(button) {
  const words = "Not copied: the browser does not allow it. Select the text instead.";
  announce(words);
  if (button.nextElementSibling?.matches(".copy-refused")) return;
  const note = document.createElement("span");
  note.className = "copy-refused";
  note.textContent = words;
  button.after(note);
  setTimeout(() => note.remove(), 8000);
}
