// The theme changes on the page that is open: its filter and what was typed stay. "system" leaves it to the browser.
document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
  const theme = ctx.response.headers.get("Switchboard-Theme");
  if (theme === "system") delete document.documentElement.dataset.bsTheme;
  else if (theme) document.documentElement.dataset.bsTheme = theme;
});
