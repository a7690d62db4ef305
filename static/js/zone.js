// Where no time zone is chosen yet, a field for one offers the browser's own.
const own = () => {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  } catch {
    return ""; // UTC
  }
};

function offer() {
  for (const field of document.querySelectorAll("[data-zone]")) field.value ||= own();
}

document.addEventListener("htmx:after:process", offer);
offer();
