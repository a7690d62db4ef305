package desk_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"switchboard/internal/access"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/desk"
	"switchboard/internal/problem"
)

var (
	ada  = access.Actor{TID: "tenant", OID: "ada"}
	bert = access.Actor{TID: "tenant", OID: "bert"}
)

func shelf(db *database.DB) *desk.SavedViews { return desk.NewSavedViews(db, time.Now, uuid.NewString) }

// names are a person's views in their order.
func names(t *testing.T, s *desk.SavedViews, who access.Actor) string {
	t.Helper()
	views, err := s.Views(t.Context(), who)
	check(t, err)
	all := make([]string, len(views))
	for i, view := range views {
		all[i] = view.Name
	}
	return strings.Join(all, ", ")
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestViewsAreTheirOwnPersons(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := shelf(db)
		check(t, s.SaveView(t.Context(), ada, " Zürich ", "q=z%C3%BCrich"))
		check(t, s.SaveView(t.Context(), ada, "Aachen", "q=aachen&sort=-name"))
		check(t, s.SaveView(t.Context(), bert, "Zürich", "health=late"))
		equal(t, "Ada's", names(t, s, ada), "Aachen, Zürich")
		equal(t, "Bert's", names(t, s, bert), "Zürich")
		views, err := s.Views(t.Context(), ada)
		check(t, err)
		equal(t, "the query", views[0].Query, "q=aachen&sort=-name")
		equal(t, "deleting somebody else's", kind(s.DeleteView(t.Context(), bert, views[0].ID)), problem.NotFound)
		check(t, s.DeleteView(t.Context(), ada, views[0].ID))
		equal(t, "deleting it twice", kind(s.DeleteView(t.Context(), ada, views[0].ID)), problem.NotFound)
		equal(t, "what is left", names(t, s, ada), "Zürich")
	})
}

func TestNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := shelf(db)
		check(t, s.SaveView(t.Context(), ada, strings.Repeat("ü", 60), ""))
		check(t, s.SaveView(t.Context(), ada, "“", ""))
		check(t, s.SaveView(t.Context(), ada, "Europe", ""))
		for _, name := range []string{"", "  ", "Europe", "europe ", "Éurope", strings.Repeat("x", 61), "a\x00b", "a\nb", "a\xffb", "“"} {
			err := s.SaveView(t.Context(), ada, name, "")
			equal(t, fmt.Sprintf("the name %q", name), kind(err), problem.Invalid)
		}
		equal(t, "a query that is too long", kind(s.SaveView(t.Context(), ada, "Long", "q="+strings.Repeat("x", 9000))), problem.Invalid)
	})
}

// TestTwentyViews: one more is refused, also where many are saved at once; a deleted one makes room.
func TestTwentyViews(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := shelf(db)
		var saving sync.WaitGroup
		var mu sync.Mutex
		kinds := map[problem.Kind]int{}
		for i := range 26 {
			saving.Go(func() {
				err := s.SaveView(t.Context(), ada, fmt.Sprintf("View %d", i%25), "")
				mu.Lock()
				defer mu.Unlock()
				kinds[kind(err)]++
			})
		}
		saving.Wait()
		equal(t, "saved", kinds[-1], desk.MostViews)
		equal(t, "refused", kinds[problem.Invalid], 6)
		views, err := s.Views(t.Context(), ada)
		check(t, err)
		equal(t, "views", len(views), desk.MostViews)
		check(t, s.DeleteView(t.Context(), ada, views[7].ID))
		check(t, s.SaveView(t.Context(), ada, "In its place", ""))
	})
}

// TestWithoutADatabase: a person is told to try again, and nothing is taken for saved.
func TestWithoutADatabase(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	s := shelf(db)
	check(t, db.Close())
	_, err := s.Views(t.Context(), ada)
	equal(t, "reading", kind(err), problem.Unavailable)
	equal(t, "saving", kind(s.SaveView(t.Context(), ada, "Europe", "")), problem.Unavailable)
	equal(t, "deleting", kind(s.DeleteView(t.Context(), ada, "x")), problem.Unavailable)
}
