// announce says a text to those who hear the page, through its one polite live region. The region is emptied first, so
// that the same text twice is said twice.
export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}
