package audit_test

import (
	"context"
	"database/sql"
	"reflect"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
)

// renaming is a line about a property of a connector's name; an empty text is null, and "?" is a value that is not known.
func renaming(id string, action audit.Action, outcome audit.Outcome, property, before, requested, stored string) audit.Entry {
	value := func(text string) connector.Value {
		if text == "" {
			return connector.Null()
		}
		return connector.Of(text)
	}
	field := connector.FieldChange{Name: property, Before: value(before), Requested: value(requested)}
	if stored != "?" {
		is := value(stored)
		field.Stored = &is
	}
	return audit.Entry{Action: action, Actor: mona(), Connector: id, Fields: []connector.FieldChange{field}, Outcome: outcome}
}

// renamings are lines that tell names in every way, and others that tell none.
func renamings() []audit.Entry {
	const alias, server, organization = connector.ExchangeAlias, connector.ServerName, connector.ExchangeOrganization
	return []audit.Entry{
		renaming("A1", audit.Edit, audit.Pending, alias, "first", "second", "?"),
		renaming("A1", audit.Edit, audit.Applied, alias, "first", "second", "Second as stored"),
		renaming("a1", audit.Observed, "", organization, "Contoso", "", "Fabrikam Süd"),
		renaming("b2", audit.Revert, audit.Rejected, alias, "was here", "refused", "?"),
		renaming("b2", audit.Edit, audit.InDoubt, alias, "was here", "nobody knows", "?"),
		renaming("b2", audit.Resolved, audit.AppliedObserved, alias, "was here", "was seen", "?"),
		renaming("b2", audit.Edit, audit.Applied, connector.Version, "version", "version two", "version two"),
		renaming("c3", audit.Edit, audit.Applied, server, "old.example", "new.example", "new.example"),
		renaming("c3", audit.Edit, audit.Applied, alias, "", "now called", "now called"),
		renaming("d4", audit.Edit, audit.Applied, server, "old.example", "other.example", "other.example"),
		renaming("d4", audit.Edit, audit.Applied, alias, "second  AS stored", "", ""),
		renaming("e5", audit.Edit, audit.Applied, alias, "second as", strings.Repeat("long ", 3000), strings.Repeat("long ", 3000)),
		renaming("e5", audit.Edit, audit.Applied, organization, "stored", "", ""),
		renaming("not/an id", audit.Edit, audit.Applied, alias, "nul\x00 \xff", "", ""),
	}
}

// bearers are what each text finds in the audit log of those lines.
var bearers = map[string][]string{
	"first": {"a1"}, "FIRST · Contoso": {"a1"}, "“first” fabrikam sud": {"a1"}, "second as stored Contoso": {"a1"}, "second": nil, "Contoso": nil, "first Conto": nil,
	"Second as stored": {"a1", "d4", "e5"}, "was here": {"b2"}, "was seen": {"b2"}, "refused": nil, "nobody knows": nil, "version": nil,
	"old.example": {"c3", "d4"}, "new.example": {"c3"}, "other.example": {"d4"}, "now called": {"c3"}, "": nil, "·": nil,
	strings.Repeat("long ", 3000): {"e5"}, strings.Repeat("long ", 2999): nil, "nul\x00 \xff": {"not/an id"}, "B2": {"b2"}, "Not/An ID": {"not/an id"}, "b": nil,
}

func checkBearers(t *testing.T, log *audit.Log) {
	t.Helper()
	for text, want := range bearers {
		got, err := log.Bearers(context.Background(), text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%.40q finds %q, want %q (%v)", text, got, want, err)
		}
	}
}

func TestBearersOfEachNameThatTheRecordTells(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		for _, line := range renamings() {
			noted(t, log, line)
		}
		checkBearers(t, log)
		sound(t, log)
		if err := log.FillNames(context.Background()); err != nil {
			t.Fatal(err)
		}
		sound(t, log)
	})
}

// sound checks the audit log, which has to be what was signed.
func sound(t *testing.T, log *audit.Log) {
	t.Helper()
	if err := log.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	if standing := log.Standing(); standing.Broken {
		t.Errorf("line %d: %s", standing.First, standing.Why)
	}
}

// TestNamesOfARecordFromBefore: lines that an older program wrote are found by the names in them after the next start, also
// where that was interrupted.
func TestNamesOfARecordFromBefore(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log, ctx := open(t, db), context.Background()
		lines := renamings()
		for _, line := range lines {
			noted(t, log, line)
		}
		if db.Local() { // more than one transaction fills in
			appendMany(t, db, log, 5100)
		}
		noted(t, log, renaming("f6", audit.Edit, audit.Applied, connector.ExchangeAlias, "the last", "", ""))
		for _, statement := range []string{"DELETE FROM audit_names", "UPDATE audit_names_filled SET seq = 0"} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := log.Bearers(ctx, "first"); err != nil || got != nil {
			t.Fatalf("before names are filled in %q are found, %v", got, err)
		}
		sound(t, log)
		interrupted, cancel := context.WithCancel(ctx)
		cancel()
		if err := log.FillNames(interrupted); err == nil {
			t.Error("what was interrupted says that it is done")
		}
		for range 2 {
			if err := log.FillNames(ctx); err != nil {
				t.Fatal(err)
			}
		}
		checkBearers(t, log)
		sound(t, log)
		if got, err := log.Bearers(ctx, "the last"); err != nil || !slices.Equal(got, []string{"f6"}) {
			t.Errorf("the last line's connector: %q, %v", got, err)
		}
	})
}

// TestNamesGoWithTheirLine: what is rolled back leaves no name behind.
func TestNamesGoWithTheirLine(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log, ctx := open(t, db), context.Background()
		_ = db.Write(ctx, func(tx *sql.Tx) error {
			if _, err := log.Append(ctx, tx, renamings()[1]); err != nil {
				t.Error(err)
			}
			return context.Canceled
		})
		if got, err := log.Bearers(ctx, "first"); err != nil || got != nil {
			t.Errorf("%q are found, %v", got, err)
		}
	})
}

// TestRenamed: of the connectors with several names all are known, and of the others none.
func TestRenamed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		log := open(t, db)
		for _, line := range renamings() {
			noted(t, log, line)
		}
		never := connector.New(map[string]connector.Value{connector.ID: connector.Of("f6"), connector.ExchangeAlias: connector.Of("only one")})
		if err := db.Write(t.Context(), func(tx *sql.Tx) error { return log.KeepNames(t.Context(), tx, never) }); err != nil {
			t.Fatal(err)
		}
		got, err := log.Renamed(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, names := range got {
			slices.Sort(names)
		}
		want := map[string][]string{
			"a1": {"Second as stored", "first"}, "b2": {"was here", "was seen"}, "c3": {"new.example", "now called", "old.example"},
			"d4": {"old.example", "other.example", "second  AS stored"}, "e5": {strings.Repeat("long ", 3000), "second as"},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %.300q, want %.300q", got, want)
		}
	})
}
