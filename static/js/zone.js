// Where no time zone is chosen yet, the field for it offers the browser's own.
function offer() {
  for (const field of document.querySelectorAll("[data-zone]")) {
    if (!field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }
}

document.addEventListener("htmx:after:process", offer);
offer();
