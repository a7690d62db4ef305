import { announce } from "./announce.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    announce("The browser does not allow copying. Select the text instead.");
    return;
  }
  announce(button.dataset.copyDone);
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});
