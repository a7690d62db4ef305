// htmx is fetched once there is something for it to do, see later.js.
import htmx from "htmx.org/dist/htmx.esm.js";

htmx.config.morphIgnore = [...htmx.config.morphIgnore, "open"]; // what somebody has opened stays open
