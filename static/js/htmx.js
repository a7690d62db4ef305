// htmx and what goes with it, which are fetched once there is something for them to do, see later.js.
import htmx from "htmx.org/dist/htmx.esm.js";
import "./asides.js";
import "./focus.js";
import "./theme.js";
import "./find.js";
import "./hears.js";

htmx.config.morphIgnore = [...htmx.config.morphIgnore, "open"]; // what somebody has opened stays open
