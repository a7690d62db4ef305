// The script of every page; that of lists and forms is more.js, and htmx comes once there is something for it to do. Each page works
// without them; they shorten the way, keep the focus where reading goes on, and warn before typed text is lost. They find their work
// by data- attributes:
//
//   data-find, data-shortcut   the field that "/" goes to, and the choice whether it does, see shortcut.js
//   data-found-for           the text that suggestions below that field are for, see find.js
//   data-copy, data-copy-from, data-copy-done  a button that copies a text, or that of the element with this id, and what is then said
//   data-key                 the key that presses a button, see keys.js
//   data-zone                a field for a time zone, see zone.js
//   data-keys                the list of shortcuts, see shortcut.js; data-edit the link that "e" follows in a row, see keys.js
//   data-pick-page, data-pick-every, data-matching   ticks of rows, of a page, of all that match, see picks.js
//   data-picked, data-picked-count, data-picked-clear   the form that does something with them
//   data-picks-used          the run that began with those ticks, which are gone then
//   data-sets                a tick that belongs to this field, see bulk.js
//   data-ticks, data-tick, data-tick-page, data-ticked, data-ticked-elsewhere   the ticks of a preview, and how many there are
//   data-download            a form whose answer is a file
//   data-copies, data-copy-here  what gets a button that copies it, and that button
//   data-code                a mark in the place of characters, and which, see copy.js
//   data-focus               where the focus goes after a swap that brings it
//   data-focus-lost          where it goes after a swap that took away what had it
//   data-announce            what is said after a swap that brings it
//   data-guard               a form that warns before edits are lost; "always": even untouched, it holds earlier edits
//   data-keep                a form without such a warning whose fields are kept over a sign-in too, see keep.js
//   data-restored, data-kept   a note that names a form filled with what was typed before, see keep.js
//   data-restored-when       the words of that note by why: "sign-in" or "refused"
//   data-session-*, data-warn, data-left   the question before the session ends, see session.js
//   data-fault-of, data-fault-listed, data-live-fault   what is wrong with a field, see faults.js
//   data-ages                a time whose age goes on, see ages.js
//   data-busy                what a form's button says while it is on its way, see busy.js
//   data-leave               a link out of such a form that means to drop the edits
//   data-was, data-field-row, data-field-change, data-undo, data-review-label   the edit form, see edit.js
//   data-opens               a row that opens in place, see audit.js
//   data-live, data-live-late   the list of changes beside it, see live.js
//   data-later               what the page needs once somebody does something on it, see later.js
//   data-row-actions          what can be done at each row of the list, see rows.js
//   data-hears, data-hears-id, data-hears-at   what a page shows and asks for anew once it has changed, see hears.js
import "./clicks.js";
import "./later.js";
import "./guard.js";
import "./busy.js";
import "./session.js";
import "./forget.js";
import "./ages.js";
import "./shortcut.js";
import "./zone.js";
import "./tables.js";
import "./print.js";
import "./stream.js";

// What the scripts that come later have in common with this one.
export { announce } from "./announce.js";
export { isForeign, onItsWay } from "./busy.js";
export { life } from "./forget.js";
export { guarded, mean, touched } from "./guard.js";
export { elsewhere, isOn, typing } from "./shortcut.js";
export { hears } from "./stream.js";

// The page is drawn when its scripts have run: more.js says so where a page has it from the first.
if (document.head.querySelectorAll(":scope > script").length === 1) document.documentElement.classList.add("scripted");
