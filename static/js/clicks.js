// plain says whether a click follows a link in this tab. One with a key or another button opens it elsewhere, or saves it,
// and this page stays.
export const plain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

// htmx 4.0.1 keeps the browser from following a boosted link before it looks at the keys, so it does not hear of such clicks.
document.addEventListener("click", (event) => !plain(event) && event.target.closest("a[href]") && event.stopPropagation(), true);
