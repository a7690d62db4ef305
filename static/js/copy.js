import { announce } from "./announce.js";

// What can be copied as it stands (data-copies) gets its button here: without script it would be none. The icon is that of the others.
function dress() {
  for (const place of document.querySelectorAll("[data-copies]:not(:has(> button))")) {
    const title = place.querySelector("h3");
    const button = document.querySelector("button.btn-icon[data-copy]").cloneNode(true);
    delete button.dataset.copy;
    button.classList.remove("copied");
    button.dataset.copyHere = "";
    button.ariaLabel = `Copy ${(title ?? place.previousElementSibling).firstChild.textContent.trim()}`;
    if (title) title.after(button);
    else place.append(button);
  }
}

document.addEventListener("htmx:after:swap", dress);
dress();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from], [data-copy-here]");
  if (!button) return;
  const { copy, copyFrom } = button.dataset;
  try {
    const here = () => button.closest("[data-copies]").querySelector("pre")?.textContent ?? button.closest("[data-value]").dataset.value;
    await navigator.clipboard.writeText(copy ?? document.getElementById(copyFrom)?.textContent ?? here());
  } catch {
    refuse(button);
    return;
  }
  announce(button.dataset.copyDone ?? `${button.ariaLabel.replace("Copy ", "")} copied`);
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});

// Of one value what is copied by hand is the value: without its marks, and with the characters in whose place they stand.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  const range = selection.rangeCount && selection.getRangeAt(0);
  const part = range && range.cloneContents();
  if (!part?.querySelector("[data-code]")) return;
  const [value, ...others] = part.querySelectorAll(".value");
  const around = range.commonAncestorContainer;
  const inside = (around.closest ? around : around.parentElement).closest(".value, code");
  if (!inside && (others.length || !value || part.textContent.trim() !== value.textContent.trim())) return;
  for (const mark of part.querySelectorAll(".hidden-mark")) {
    const [code, times] = mark.dataset.code?.split(" ") ?? [];
    mark.replaceWith(code ? String.fromCodePoint(parseInt(code, 16)).repeat(times) : "");
  }
  event.clipboardData.setData("text/plain", (inside ? part : value).textContent);
  event.preventDefault();
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
