package connector

import (
	"fmt"
	"time"
)

// Sentence explains a connector's health to a person: what is so, and whose move it is.
type Sentence struct {
	// Fact says how long ago, compared with what, and whether that is expected.
	Fact string
	// Advice says what its reader can do, or that nothing needs doing.
	Advice string
}

// Explain puts the health of a connector at that time into words, for somebody who may change it or who may not.
func (r Retirement) Explain(c Connector, now time.Time, mayEdit bool) Sentence {
	if mayEdit {
		return r.explain(c, now, editor)
	}
	return r.explain(c, now, reader)
}

// advice is what the reader of a sentence can do: an editor acts, anybody else asks for it.
type advice struct{ late, unsure, setUp, finish, repair, server string }

var (
	editor = advice{
		late:   "Ask for a sync. If it does not come by tomorrow, look at the connector’s server.",
		unsure: "The next sync sets the date anew: wait for it, or ask for one.",
		setUp:  "Check that it was set up to the end.",
		finish: "Finish the set-up, then wait for the first sync.",
		repair: "Check the connector’s server and its mailbox, then ask for a sync.",
		server: "Check the connector’s server, then ask for a sync.",
	}
	reader = advice{
		late:   "Ask an administrator of Switchboard to start a sync.",
		unsure: "The next sync sets the date anew: wait for it.",
		setUp:  "Ask an administrator of Switchboard to check that it was set up to the end.",
		finish: "Ask an administrator of Switchboard whether the set-up is finished, then wait for the first sync.",
		repair: "Ask an administrator of Switchboard to check the connector’s server and its mailbox.",
		server: "Ask an administrator of Switchboard to check the connector’s server.",
	}
)

func (r Retirement) explain(c Connector, now time.Time, to advice) Sentence {
	switch r.Health(c, now) {
	case Retired:
		return r.explainRetired(c, now)
	case Broken:
		return explainBroken(c, now, to)
	case Pending:
		return explainPending(c, now, to)
	case Late:
		return Sentence{since(c, now) + " A connector syncs at least once a day, so this one is late.", to.late}
	case Healthy:
		return explainHealthy(c, now, to)
	}
	if c.Value(Status).IsEmpty() {
		return Sentence{"Graph reports no status, so it is not known how the connector is.", "Switchboard does not judge it. The values are as Graph sent them."}
	}
	return Sentence{fmt.Sprintf("Graph reports the status %q, which Switchboard does not know.", c.Value(Status).Text()),
		"Switchboard does not judge it. The values are as Graph sent them."}
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

func explainHealthy(c Connector, now time.Time, to advice) Sentence {
	if _, at := c.SyncSaid(); Ahead(at, now) {
		return Sentence{since(c, now), "So it is not known when it really synced. " + to.unsure}
	}
	return Sentence{since(c, now) + " That is within a day, as it should be.", "Nothing needs doing."}
}

func explainBroken(c Connector, now time.Time, to advice) Sentence {
	said, _ := c.SyncSaid()
	disconnected := c.Value(Status).Text() == StatusDisconnected
	switch {
	case said == SyncNever && disconnected:
		return Sentence{"Graph says disconnected, and it has never synced.", to.setUp}
	case said == SyncNever:
		return Sentence{since(c, now) + " Graph sends " + c.Value(LastSyncDateTime).Text() + ", which stands for no date.", to.setUp}
	case disconnected:
		return Sentence{since(c, now) + " Graph says it is disconnected, so this needs someone.", to.repair}
	}
	return Sentence{since(c, now) + " A connector syncs at least once a day, so this is new and needs someone.", to.server}
}

func explainPending(c Connector, now time.Time, to advice) Sentence {
	said, _ := c.SyncSaid()
	pending := c.Value(Status).Text() == StatusPending
	switch {
	case pending && said == SyncNever:
		return Sentence{"Waiting to connect. It has never synced.", to.finish}
	case pending:
		return Sentence{"Waiting to connect. " + since(c, now), to.finish + " Graph reports connectionPending until then."}
	case said == SyncUnreadable:
		return Sentence{since(c, now), "So it is not known whether it has synced. " + to.unsure}
	}
	return Sentence{"It has never synced.", "A new connector may still wait for its first sync. " + to.setUp}
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
