// The script of lists and forms: the pages that need more than the common style sheet have it too, see later.js.
import "./copy.js";
import "./menus.js";
import "./keys.js";
import "./history.js";
import "./query.js";
import "./edit.js";
import "./keep.js";
import "./faults.js";
import "./picks.js";
import "./bulk.js";
import "./audit.js";
import "./rows.js";
import "./preload.js";

document.documentElement.classList.add("scripted");
