// What lies folded on the screen is unfolded on paper, and folded again afterwards.
let opened = [];

addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  opened.forEach((details) => (details.open = true));
});

addEventListener("afterprint", () => {
  opened.forEach((details) => (details.open = false));
  opened = [];
});
