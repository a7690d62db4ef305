package connector

import (
	"reflect"
	"slices"
	"testing"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	mine := map[string]string{ServerName: "mine", Version: "my version"}
	for _, test := range []struct {
		name    string
		change  map[string]string
		theirs  map[string]Value
		choices map[string]Side
		seen    map[string]Value
		send    []string
		clash   []string
		already []string
		others  []string
	}{
		{name: "nobody else", change: mine, send: []string{ServerName, Version}},
		{name: "nothing changed", theirs: map[string]Value{Status: Of("none")}, others: []string{Status}},
		{name: "others changed something else", change: mine,
			theirs: map[string]Value{LastSyncDateTime: Of("2026-11-24T09:59:59.0000001Z"), Status: Of("disconnected"), ExchangeAlias: Null()},
			send:   []string{ServerName, Version}, others: []string{LastSyncDateTime, Status, ExchangeAlias}},
		{name: "others changed the same", change: mine, theirs: map[string]Value{ServerName: Of("theirs")},
			send: []string{Version}, clash: []string{ServerName}},
		{name: "others cleared it", change: mine, theirs: map[string]Value{ServerName: Null()}, send: []string{Version}, clash: []string{ServerName}},
		{name: "others want the same", change: mine, theirs: map[string]Value{ServerName: Of("mine")},
			send: []string{Version}, already: []string{ServerName}},
		{name: "both cleared it", change: map[string]string{ServerName: ""}, theirs: map[string]Value{ServerName: Null()}, already: []string{ServerName}},
		{name: "cleared, and others emptied it", change: map[string]string{ServerName: ""}, theirs: map[string]Value{ServerName: Of("")}, clash: []string{ServerName}},
		{name: "theirs is taken", change: mine, theirs: map[string]Value{ServerName: Of("theirs")},
			choices: map[string]Side{ServerName: Theirs}, seen: map[string]Value{ServerName: Of("theirs")}, send: []string{Version}},
		{name: "mine is kept", change: mine, theirs: map[string]Value{ServerName: Of("theirs")},
			choices: map[string]Side{ServerName: Yours}, seen: map[string]Value{ServerName: Of("theirs")}, send: []string{ServerName, Version}},
		{name: "mine is kept, and they changed it once more", change: mine, theirs: map[string]Value{ServerName: Of("theirs again")},
			choices: map[string]Side{ServerName: Yours}, seen: map[string]Value{ServerName: Of("theirs")}, send: []string{Version}, clash: []string{ServerName}},
		{name: "mine is kept, and they put it back", change: mine,
			choices: map[string]Side{ServerName: Yours}, seen: map[string]Value{ServerName: Of("theirs")}, send: []string{Version}, clash: []string{ServerName}},
		{name: "mine is kept against null", change: mine, theirs: map[string]Value{ServerName: Null()},
			choices: map[string]Side{ServerName: Yours}, seen: map[string]Value{ServerName: Null()}, send: []string{ServerName, Version}},
		{name: "a choice without what was seen decides nothing", change: mine, theirs: map[string]Value{ServerName: Of("theirs")},
			choices: map[string]Side{ServerName: Yours}, send: []string{Version}, clash: []string{ServerName}},
		{name: "an unknown choice decides nothing", change: mine, theirs: map[string]Value{ServerName: Of("theirs")},
			choices: map[string]Side{ServerName: "both"}, seen: map[string]Value{ServerName: Of("theirs")}, send: []string{Version}, clash: []string{ServerName}},
		{name: "a date in another form is no change of others", change: map[string]string{LastSyncDateTime: "2026-11-24T00:00:00Z"},
			theirs: map[string]Value{LastSyncDateTime: Of("2017-01-01T08:02:49.320597Z")}, send: []string{LastSyncDateTime}},
		{name: "only the form of a date", change: map[string]string{LastSyncDateTime: "2017-01-01T08:02:49.3205970Z"}, send: []string{LastSyncDateTime}},
		{name: "others set the same instant", change: map[string]string{LastSyncDateTime: "2026-11-24T00:00:00-08:00"},
			theirs: map[string]Value{LastSyncDateTime: Of("2026-11-24T08:00:00.0000000Z")}, already: []string{LastSyncDateTime}},
	} {
		edit := edited(test.change)
		edit.Choices, edit.Seen = test.choices, test.seen
		got := edit.Merge(example.With(test.theirs))
		var clash, others []string
		for _, conflict := range got.Conflicts {
			clash = append(clash, conflict.Name)
		}
		for _, drift := range got.Others {
			others = append(others, drift.Name)
		}
		want := [][]string{test.send, test.clash, test.already, test.others}
		if got := [][]string{names(got.Send), clash, names(got.Already), others}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: send, conflicts, already, others are %q, want %q", test.name, got, want)
		}
	}
}

func TestMergeKeepsTheSides(t *testing.T) {
	t.Parallel()
	edit := edited(map[string]string{ServerName: "mine", Version: "my version"})
	now := example.With(map[string]Value{ServerName: Of("theirs"), Status: Of("none")})
	got := edit.Merge(now)
	if want := []Conflict{{Name: ServerName, Base: Of("ex16"), Theirs: Of("theirs"), Yours: Of("mine")}}; !reflect.DeepEqual(got.Conflicts, want) {
		t.Errorf("conflicts %+v, want %+v", got.Conflicts, want)
	}
	if want := []Drift{{Name: Status, Was: Of("connected"), Is: Of("none")}}; !reflect.DeepEqual(got.Others, want) {
		t.Errorf("others %+v, want %+v", got.Others, want)
	}
	edit.Choices, edit.Seen = map[string]Side{ServerName: Yours}, map[string]Value{ServerName: Of("theirs")}
	if got := edit.Merge(now).Send; got[0].Name != ServerName || got[0].Before != Of("theirs") {
		t.Errorf("what is sent says %+v, want what Graph holds now as before", got)
	}
}

func TestWithStored(t *testing.T) {
	t.Parallel()
	asked := []FieldChange{{Name: ServerName, Before: Of("ex16"), Requested: Of("ex19")}, {Name: ExchangeAlias, Requested: Null()}}
	settled := WithStored(asked, example)
	if *settled[0].Stored != Of("ex16") || *settled[1].Stored != Of(" hq ") || settled[0].Stored == settled[1].Stored {
		t.Errorf("%+v", settled)
	}
	if asked[0].Stored != nil {
		t.Error("what was asked has changed")
	}
}

func TestPropertyTable(t *testing.T) {
	t.Parallel()
	var all, nullable, edit []string
	for _, property := range Properties() {
		all = append(all, property.Name)
		if property.Nullable {
			nullable = append(nullable, property.Name)
		}
	}
	for _, property := range Editable() {
		edit = append(edit, property.Name)
	}
	if want := []string{"id", "lastSyncDateTime", "status", "primarySmtpAddress", "serverName", "connectorServerName", "exchangeConnectorType",
		"version", "exchangeAlias", "exchangeOrganization"}; !slices.Equal(all, want) {
		t.Errorf("properties %q, want %q", all, want)
	}
	if want := []string{"primarySmtpAddress", "serverName", "connectorServerName", "version", "exchangeAlias", "exchangeOrganization"}; !slices.Equal(nullable, want) {
		t.Errorf("nullable %q, want %q", nullable, want)
	}
	slices.Sort(edit)
	slices.Sort(all)
	if want := slices.DeleteFunc(all, func(name string) bool { return name == ID }); !slices.Equal(edit, want) {
		t.Errorf("editable %q, want %q", edit, want)
	}
	for _, property := range Properties() {
		if property.Kind == Choice && (len(property.Choices) != 4 || property.Offers("unknownFutureValue") || property.Offers("")) {
			t.Errorf("%s offers %q", property.Name, property.Choices)
		}
	}
}
