package views_test

import (
	"maps"
	"time"

	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/views"
)

// gallery is every fragment about one connector in every state.
func gallery() map[string]exhibit {
	all := map[string]exhibit{}
	for _, room := range []map[string]exhibit{cards(), edits(), decisions(), receipts(), peculiarities()} {
		maps.Copy(all, room)
	}
	return all
}

func bothFields() views.Receipt {
	return receipt("applied", field(connector.ExchangeAlias, "na-mail", "hosted-na", "hosted-na"),
		field(connector.PrimarySMTPAddress, "intune@na.contoso.com", "Intune-NA@na.contoso.com", "intune-na@na.contoso.com"))
}

func cards() map[string]exhibit {
	retired := with(with(with(naMail(), connector.Type, "onPremises"), connector.LastSyncDateTime, "2024-02-18T09:12:00Z"), connector.Status, "disconnected")
	broken := with(with(naMail(), connector.LastSyncDateTime, "2026-11-19T03:40:00Z"), connector.Status, "disconnected")

	waiting := inDoubt()
	doubtful := card(with(naMail(), connector.LastSyncDateTime, "2026-11-23T03:05:00Z"), admin)
	doubtful.Receipt, doubtful.Sync = &waiting, nil

	stale := card(broken, admin)
	stale.Stale, stale.Sync, stale.Read = &views.Stale{MayEdit: true, Why: "Graph is not answering (503).", Retry: now.Add(time.Minute)}, nil, now.Add(-7*time.Minute)

	synced := card(broken, admin)
	sync := receipt("applied")
	sync.Action, sync.SyncType, sync.Status, sync.MayRevert = "sync", "fullSync", 204, false
	synced.Receipt, synced.Later = &sync, &views.Later{Failed: true}

	asking := card(broken, admin)
	asking.Problem = problem.New(problem.Invalid, "1 error.").Saying("Nothing was asked of Graph.")
	asking.Sync.Fault, asking.Sync.Type = "Say why, for instance with a ticket number.", "fullSync"

	return map[string]exhibit{
		"connector":          cardExhibit(card(naMail(), admin)),
		"connector-retired":  cardExhibit(card(retired, admin)),
		"connector-helpdesk": cardExhibit(card(broken, helpdesk)),
		"connector-stale":    cardExhibit(stale),
		"connector-saved":    cardExhibit(savedCard()),
		"connector-behind":   cardExhibit(behindCard()),
		"connector-lagging":  cardExhibit(laggingCard()),
		"connector-doubt":    cardExhibit(doubtful),
		"connector-synced":   cardExhibit(synced),
		"connector-asking":   cardExhibit(asking),
	}
}

// savedCard is the card after a save that somebody else's change and a later read disagree with.
func savedCard() views.Card {
	stored := with(with(naMail(), connector.ExchangeAlias, "hosted-na"), connector.PrimarySMTPAddress, "intune-na@na.contoso.com")
	both := bothFields()
	saved := card(with(stored, connector.ServerName, "outlook-na.office365.com"), admin)
	saved.Receipt, saved.Returned, saved.Read = &both, true, now
	saved.Later = &views.Later{Differing: []connector.Drift{{Name: connector.Version, Was: connector.Of("2026.10.3"), Is: connector.Of("2026.11.1")}}}
	saved.Receipt.Others = []connector.Drift{{Name: connector.ServerName, Was: connector.Null(), Is: connector.Of("outlook-na.office365.com")}}
	return saved
}

// behindCard is the card of a connector that Graph still shows as it was before a change.
func behindCard() views.Card {
	shown := card(naMail(), admin)
	shown.Behind = []connector.Drift{{Name: connector.ServerName, Was: connector.Null(), Is: connector.Of("outlook-na.office365.com")}}
	return shown
}

// laggingCard is the card after a save whose values a read showed at first, and a later one does not.
func laggingCard() views.Card {
	saved := savedCard()
	saved.Returned, saved.Receipt.Others = false, nil
	saved.Later = &views.Later{ReadBack: true, Behind: true, Differing: []connector.Drift{{Name: connector.ExchangeAlias, Was: connector.Of("hosted-na"), Is: connector.Of("na-mail")}}}
	return saved
}

func edits() map[string]exhibit {
	unknown := naMail().With(map[string]connector.Value{connector.Status: connector.Null(), connector.Type: connector.Of("unknownFutureValue")})
	choosing := edit()
	choosing.Connector, choosing.Wanted = unknown, nil

	waiting, behind := inDoubt(), edit()
	behind.Waits = &waiting

	refused := edit()
	refused.Problem = problem.New(problem.Invalid, "Graph refused these values.").Saying("Nothing was stored. What you typed is kept.").Verbatim("Cannot convert the literal 'x' to the expected type 'Edm.DateTimeOffset'.").After(25*time.Hour).Quoting("Graph request id", "d4b03f17")

	pictured := edit()
	pictured.Connector, pictured.Wanted = with(naMail(), connector.ServerName, "EX01\r\n"), nil

	both, reverting := bothFields(), edit()
	reverting.Reverts = &both

	return map[string]exhibit{
		"edit":         editExhibit(edit()),
		"edit-faults":  editExhibit(faulty()),
		"edit-unknown": editExhibit(choosing),
		"edit-waits":   editExhibit(behind),
		"edit-refused": editExhibit(refused),
		"edit-broken":  editExhibit(pictured),
		"edit-revert":  editExhibit(reverting),
	}
}

func decisions() map[string]exhibit {
	plain := conflict()
	plain.Merge, plain.Theirs = connector.Merge{}, nil
	plain.Refused = problem.New(problem.Conflict, "Graph says that this connector was changed meanwhile.").Quoting("Graph's request-id", "r-2").Verbatim("The object was changed.")

	refused := conflict()
	refused.Refused = plain.Refused

	late := conflict()
	late.Late = true

	unchanged := review()
	unchanged.Merge = connector.Merge{}

	return map[string]exhibit{
		"review":           reviewExhibit(review()),
		"review-nothing":   reviewExhibit(unchanged),
		"nothing":          nothingExhibit(views.Nothing{Connector: naMail()}),
		"conflict":         conflictExhibit(conflict()),
		"conflict-graph":   conflictExhibit(plain),
		"conflict-refused": conflictExhibit(refused),
		"conflict-late":    conflictExhibit(late),
	}
}

func receipts() map[string]exhibit {
	refusal := receipt("rejected", connector.FieldChange{Name: connector.Version, Before: connector.Null(), Requested: connector.Of("1")})
	refusal.Refusal, refusal.Quote = "Intune does not let you do this.", "User is not authorized to perform this operation"
	between := inDoubt()
	between.Status, between.Between = 403, true
	sync := receipt("applied")
	sync.Action, sync.SyncType, sync.Status, sync.MayRevert = "sync", "fullSync", 204, false
	synced, unseen := sync, sync
	synced.End = views.SyncEnd{Known: true, Seen: true, Took: 94 * time.Second}
	unseen.End = views.SyncEnd{Known: true}
	unproven := bothFields()
	unproven.Unproven = true
	return map[string]exhibit{
		"receipt-unproven":    receiptExhibit(unproven),
		"receipt-applied":     receiptExhibit(bothFields()),
		"receipt-sync":        receiptExhibit(sync),
		"receipt-synced":      receiptExhibit(synced),
		"receipt-unseen":      receiptExhibit(unseen),
		"receipt-doubt":       receiptExhibit(inDoubt()),
		"receipt-between":     receiptExhibit(between),
		"receipt-rejected":    receiptExhibit(refusal),
		"receipt-observed":    receiptExhibit(receipt("applied_observed", field(connector.Version, "1", "2", "2"))),
		"receipt-not-applied": receiptExhibit(receipt("not_applied", field(connector.Version, "1", "2", "1"))),
		"receipt-superseded":  receiptExhibit(receipt("superseded", field(connector.Version, "1", "2", "3"))),
		"receipt-pending":     receiptExhibit(receipt("pending", connector.FieldChange{Name: connector.Version, Requested: connector.Of("2")})),
		"changes":             changesExhibit(views.Changes{InDoubt: []views.Receipt{inDoubt()}, Recent: recent(), Now: now}),
		"changes-none":        changesExhibit(views.Changes{Now: now}),
	}
}
