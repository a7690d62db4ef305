// The script of lists and forms: the pages that need more than the common style sheet have it too, see later.js.
import "./copy.js";
import "./menus.js";
import "./keys.js";
import "./history.js";
import "./bulk.js";
import "./query.js"; // before keep.js: what that puts back was not just typed
import "./edit.js";
import "./keep.js";
import "./faults.js";
import "./picks.js";
import "./audit.js";
import "./rows.js";
import "./preload.js";

document.documentElement.classList.add("scripted");
