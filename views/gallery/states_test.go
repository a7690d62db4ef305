package gallery

import (
	"maps"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/edit"
	"switchboard/views/viewstest"
)

// gallery is every fragment about one connector in every state.
func gallery() map[string]exhibit {
	all := map[string]exhibit{}
	for _, room := range []map[string]exhibit{cards(), desks(), edits(), decisions(), receipts(), peculiarities()} {
		maps.Copy(all, room)
	}
	return all
}

func bothFields() changes.Receipt {
	return viewstest.Receipt("applied", viewstest.Field(connector.ExchangeAlias, "na-mail", "hosted-na", "hosted-na"),
		viewstest.Field(connector.PrimarySMTPAddress, "intune@na.contoso.com", "Intune-NA@na.contoso.com", "intune-na@na.contoso.com"))
}

func cards() map[string]exhibit {
	retired := viewstest.With(viewstest.With(viewstest.With(viewstest.NaMail(), connector.Type, "onPremises"), connector.LastSyncDateTime, "2024-02-18T09:12:00Z"), connector.Status, "disconnected")
	broken := viewstest.With(viewstest.With(viewstest.NaMail(), connector.LastSyncDateTime, "2026-11-19T03:40:00Z"), connector.Status, "disconnected")

	waiting := viewstest.InDoubt()
	doubtful := viewstest.Card(viewstest.With(viewstest.NaMail(), connector.LastSyncDateTime, "2026-11-23T03:05:00Z"), viewstest.Admin)
	doubtful.Receipt, doubtful.Sync = &waiting, nil

	stale := viewstest.Card(broken, viewstest.Admin)
	stale.Stale, stale.Sync, stale.Read = &connectors.Stale{MayEdit: true, Why: "Graph is not answering (503).", Retry: viewstest.Now.Add(time.Minute)}, nil, viewstest.Now.Add(-7*time.Minute)

	synced := viewstest.Card(broken, viewstest.Admin)
	sync := viewstest.Receipt("applied")
	sync.Action, sync.SyncType, sync.Status, sync.MayRevert = "sync", "fullSync", 204, false
	synced.Receipt, synced.Later = &sync, &connectors.Later{Failed: true}

	told := viewstest.Card(broken, viewstest.Helpdesk)
	told.Past = "It synced hourly until Thursday 03:40, and its version changed the day before, from 2026.9.1 to 2026.10.3. Graph last said connected on Thursday 16:05 and first said disconnected on Friday 08:16; nobody looked in between."

	asking := viewstest.Card(broken, viewstest.Admin)
	asking.Problem = problem.New(problem.Invalid, "1 error.").Saying("Nothing was asked of Graph.")
	asking.Sync.ReasonError, asking.Sync.Type = "Say why, for instance with a ticket number.", "fullSync"

	return map[string]exhibit{
		"connector":          cardExhibit(viewstest.Card(viewstest.NaMail(), viewstest.Admin)),
		"connector-retired":  cardExhibit(viewstest.Card(retired, viewstest.Admin)),
		"connector-helpdesk": cardExhibit(told),
		"connector-stale":    cardExhibit(stale),
		"connector-saved":    cardExhibit(savedCard()),
		"connector-behind":   cardExhibit(behindCard()),
		"connector-lagging":  cardExhibit(laggingCard()),
		"connector-doubt":    cardExhibit(doubtful),
		"connector-synced":   cardExhibit(synced),
		"connector-asking":   cardExhibit(asking),
		"connector-since":    cardExhibit(changedSinceCard()),
	}
}

// savedCard is the card after a save that somebody else's change and a later read disagree with.
func savedCard() connectors.Card {
	stored := viewstest.With(viewstest.With(viewstest.NaMail(), connector.ExchangeAlias, "hosted-na"), connector.PrimarySMTPAddress, "intune-na@na.contoso.com")
	both := bothFields()
	saved := viewstest.Card(viewstest.With(stored, connector.ServerName, "outlook-na.office365.com"), viewstest.Admin)
	saved.Receipt, saved.Returned, saved.Read = &both, true, viewstest.Now
	saved.Later = &connectors.Later{Differing: []connector.Drift{{Name: connector.Version, Was: connector.Of("2026.10.3"), Is: connector.Of("2026.11.1")}}}
	saved.Receipt.Others = []connector.Drift{{Name: connector.ServerName, Was: connector.Null(), Is: connector.Of("outlook-na.office365.com")}}
	return saved
}

// changedSinceCard is the card whose receipt stays after somebody else has changed what it tells of.
func changedSinceCard() connectors.Card {
	saved := savedCard()
	saved.Connector = viewstest.With(saved.Connector, connector.ExchangeAlias, "na-mail-2")
	saved.Returned, saved.Later, saved.Receipt.Others, saved.Receipt.Since = false, nil, nil, []string{connector.ExchangeAlias}
	return saved
}

// behindCard is the card of a connector that Graph still shows as it was before a change.
func behindCard() connectors.Card {
	shown := viewstest.Card(viewstest.NaMail(), viewstest.Admin)
	shown.Behind = []connector.Drift{{Name: connector.ServerName, Was: connector.Null(), Is: connector.Of("outlook-na.office365.com")}}
	return shown
}

// laggingCard is the card after a save whose values a read showed at first, and a later one does not.
func laggingCard() connectors.Card {
	saved := savedCard()
	saved.Returned, saved.Receipt.Others = false, nil
	saved.Later = &connectors.Later{ReadBack: true, Behind: true, Differing: []connector.Drift{{Name: connector.ExchangeAlias, Was: connector.Of("hosted-na"), Is: connector.Of("na-mail")}}}
	return saved
}

func edits() map[string]exhibit {
	unknown := viewstest.NaMail().With(map[string]connector.Value{connector.Status: connector.Null(), connector.Type: connector.Of("unknownFutureValue")})
	choosing := viewstest.Edit()
	choosing.Connector, choosing.Wanted = unknown, nil

	waiting, behind := viewstest.InDoubt(), viewstest.Edit()
	behind.Waits = &waiting

	refused := viewstest.Edit()
	refused.Problem = problem.New(problem.Invalid, "Graph refused these values.").Saying("Nothing was stored. What you typed is kept.").Verbatim("Cannot convert the literal 'x' to the expected type 'Edm.DateTimeOffset'.").After(25*time.Hour).Quoting("Graph request id", "d4b03f17")

	pictured := viewstest.Edit()
	pictured.Connector, pictured.Wanted = viewstest.With(viewstest.NaMail(), connector.ServerName, "EX01\r\n"), nil

	both, reverting := bothFields(), viewstest.Edit()
	reverting.Reverts = &both
	elsewhere, receipt := viewstest.Edit(), bothFields()
	receipt.Event, elsewhere.Reverts = viewstest.Elsewhere(), &receipt

	return map[string]exhibit{
		"edit":         editExhibit(viewstest.Edit()),
		"edit-faults":  editExhibit(viewstest.Faulty()),
		"edit-unknown": editExhibit(choosing),
		"edit-waits":   editExhibit(behind),
		"edit-refused": editExhibit(refused),
		"edit-broken":  editExhibit(pictured),
		"edit-revert":  editExhibit(reverting),
		"edit-outside": editExhibit(elsewhere),
	}
}

func decisions() map[string]exhibit {
	plain := viewstest.Conflict()
	plain.Merge, plain.Theirs = connector.Merge{}, nil
	plain.Refused = problem.New(problem.Conflict, "Graph says that this connector was changed meanwhile.").Quoting("Graph's request-id", "r-2").Verbatim("The object was changed.")

	refused := viewstest.Conflict()
	refused.Refused = plain.Refused

	late := viewstest.Conflict()
	late.Late = true

	unchanged := viewstest.Review()
	unchanged.Merge = connector.Merge{}

	return map[string]exhibit{
		"review":           reviewExhibit(viewstest.Review()),
		"review-nothing":   reviewExhibit(unchanged),
		"nothing":          nothingExhibit(edit.Nothing{Connector: viewstest.NaMail()}),
		"conflict":         conflictExhibit(viewstest.Conflict()),
		"conflict-graph":   conflictExhibit(plain),
		"conflict-refused": conflictExhibit(refused),
		"conflict-late":    conflictExhibit(late),
	}
}

func receipts() map[string]exhibit {
	refusal := viewstest.Receipt("rejected", connector.FieldChange{Name: connector.Version, Before: connector.Null(), Requested: connector.Of("1")})
	refusal.Refusal, refusal.Quote = "Intune does not let you do this.", "User is not authorized to perform this operation"
	between := viewstest.InDoubt()
	between.Status, between.Between = 403, true
	sync := viewstest.Receipt("applied")
	sync.Action, sync.SyncType, sync.Status, sync.MayRevert = "sync", "fullSync", 204, false
	synced, unseen := sync, sync
	synced.End = changes.SyncEnd{Known: true, Seen: true, Took: 94 * time.Second}
	unseen.End = changes.SyncEnd{Known: true}
	unproven := bothFields()
	unproven.Unproven = true
	return map[string]exhibit{
		"receipt-unproven":    receiptExhibit(unproven),
		"receipt-applied":     receiptExhibit(bothFields()),
		"receipt-sync":        receiptExhibit(sync),
		"receipt-synced":      receiptExhibit(synced),
		"receipt-unseen":      receiptExhibit(unseen),
		"receipt-doubt":       receiptExhibit(viewstest.InDoubt()),
		"receipt-between":     receiptExhibit(between),
		"receipt-rejected":    receiptExhibit(refusal),
		"receipt-observed":    receiptExhibit(viewstest.Receipt("applied_observed", viewstest.Field(connector.Version, "1", "2", "2"))),
		"receipt-not-applied": receiptExhibit(viewstest.FoundOut("not_applied", viewstest.Field(connector.Version, "1", "2", "1"))),
		"receipt-superseded":  receiptExhibit(viewstest.Receipt("superseded", viewstest.Field(connector.Version, "1", "2", "3"))),
		"receipt-pending":     receiptExhibit(viewstest.Receipt("pending", connector.FieldChange{Name: connector.Version, Requested: connector.Of("2")})),
		"changes":             changesExhibit(changes.List{InDoubt: []changes.Receipt{viewstest.InDoubt()}, Recent: viewstest.Recent(), Now: viewstest.Now}),
		"changes-none":        changesExhibit(changes.List{Now: viewstest.Now}),
	}
}
