package frame

import "switchboard/views/components"

// What pages share is drawn once.
var sideLinksKept = components.Keep(sideLink)
