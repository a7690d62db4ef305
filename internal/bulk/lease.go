package bulk

import "time"

// leaseLife is how long a process has a run without saying so again.
const leaseLife = 10 * time.Second
