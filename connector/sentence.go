package connector

import (
	"fmt"
	"time"
)

// Sentence explains a connector's health to a person: what is so, and whose move it is.
type Sentence struct {
	// Fact says how long ago, compared with what, and whether that is expected.
	Fact string
	// Advice says what to do, or that nothing needs doing.
	Advice string
}

// Explain puts the health of a connector at that time into words.
func (r Retirement) Explain(c Connector, now time.Time) Sentence {
	switch r.Health(c, now) {
	case Retired:
		return r.explainRetired(c, now)
	case Broken:
		return explainBroken(c, now)
	case Pending:
		return explainPending(c, now)
	case Late:
		return Sentence{since(c, now) + " A connector syncs at least once a day, so this one is late.",
			"Ask for a sync. If it does not come by tomorrow, look at the connector's server."}
	case Healthy:
		return explainHealthy(c, now)
	}
	if c.Value(Status).IsEmpty() {
		return Sentence{"Graph reports no status, so it is not known how the connector is.", "No judgement is made. The values below are as Graph sent them."}
	}
	return Sentence{fmt.Sprintf("Graph reports the status %q, which Switchboard does not know.", c.Value(Status).Text()),
		"No judgement is made. The values below are as Graph sent them."}
}

func (r Retirement) explainRetired(c Connector, now time.Time) Sentence {
	kind := "The on-premises connector"
	if c.Value(Type).Text() != "onPremises" {
		kind = "The " + c.Value(Type).Text() + " connector"
	}
	ended := kind + " was retired on " + r.Date.UTC().Format(time.DateOnly) + ", so this is expected."
	return Sentence{since(c, now) + " " + ended,
		"Nothing is broken and nothing here needs repair. What is left to do is to take it out of service."}
}

func explainHealthy(c Connector, now time.Time) Sentence {
	if _, at := c.SyncSaid(); Ahead(at, now) {
		return Sentence{since(c, now), "When it really synced cannot be told from that. The next sync sets the date anew: wait for it, or ask for one."}
	}
	return Sentence{since(c, now) + " That is within a day, as it should be.", "Nothing needs doing."}
}

func explainBroken(c Connector, now time.Time) Sentence {
	said, _ := c.SyncSaid()
	disconnected := c.Value(Status).Text() == StatusDisconnected
	switch {
	case said == SyncNever && disconnected:
		return Sentence{"Graph says disconnected, and it has never synced.", "Somebody has to look at it: check that it was set up to the end."}
	case said == SyncNever:
		return Sentence{since(c, now) + " Graph sends " + c.Value(LastSyncDateTime).Text() + ", which stands for no date.",
			"Somebody has to look at it: check that it was set up to the end."}
	case disconnected:
		return Sentence{since(c, now) + " Graph says it is disconnected, so this needs someone.",
			"Check the connector's server and its mailbox, then ask for a sync."}
	}
	return Sentence{since(c, now) + " A connector syncs at least once a day, so this is new and needs someone.",
		"Check the connector's server, then ask for a sync."}
}

func explainPending(c Connector, now time.Time) Sentence {
	said, _ := c.SyncSaid()
	pending := c.Value(Status).Text() == StatusPending
	switch {
	case pending && said == SyncNever:
		return Sentence{"Waiting to connect. It has never synced.", "Finish the set-up, then wait for the first sync."}
	case pending:
		return Sentence{"Waiting to connect. " + since(c, now), "Finish the set-up, then wait for the first sync. Graph reports connectionPending until then."}
	case said == SyncUnreadable:
		return Sentence{since(c, now), "Whether it ever synced cannot be told from that. The next sync sets the date anew: wait for it, or ask for one."}
	}
	return Sentence{"It has never synced.", "If it was set up a short while ago, wait for the first sync. Otherwise check the set-up."}
}

// quotedDate bounds what a sentence repeats of a text that is no date.
const quotedDate = 60

// since says when the connector last synced, as a sentence.
func since(c Connector, now time.Time) string {
	text := c.Value(LastSyncDateTime).Text()
	switch said, at := c.SyncSaid(); {
	case said == SyncNever:
		return "It has never synced."
	case said == SyncUnreadable:
		return fmt.Sprintf("Its last sync cannot be read: Graph sends %q.", firstRunes(text, quotedDate))
	case Ahead(at, now):
		return "Its last sync is a date in the future: " + text + "."
	default:
		return "Last synced " + Ago(at, now) + "."
	}
}
