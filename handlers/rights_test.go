package handlers_test

import (
	"crypto/rand"
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
)

// grants is the block of docs/operators.md that lists what the account needs.
var grants = regexp.MustCompile("(?s)```sql\n(GRANT .*?)```")

// TestAnAccountThatMayDoLess: the tables belong to another role, and the one that serves has what docs/operators.md grants. The
// product works with it, and the record is beyond its reach.
func TestAnAccountThatMayDoLess(t *testing.T) {
	t.Parallel()
	address := databasetest.Empty(t, databasetest.PostgresKind)
	admin, err := sql.Open("pgx", address)
	check(t, err)
	do := func(db *sql.DB, statement string) {
		_, err := db.Exec(statement)
		check(t, err)
	}
	parsed, err := url.Parse(address)
	check(t, err)
	name := strings.ToLower(rand.Text()[:8])
	serving, owning := "serves_"+name, "owns_"+name
	as := func(role string) string {
		other := *parsed
		other.User = url.UserPassword(role, name)
		return other.String()
	}
	for _, role := range []string{serving, owning} {
		do(admin, "CREATE ROLE "+role+" LOGIN PASSWORD '"+name+"'")
	}
	t.Cleanup(func() {
		do(admin, "REASSIGN OWNED BY "+owning+" TO CURRENT_USER")
		do(admin, "DROP OWNED BY "+serving+", "+owning)
		do(admin, "DROP ROLE "+serving+", "+owning)
		check(t, admin.Close())
	})
	do(admin, "ALTER DATABASE "+strings.TrimPrefix(parsed.Path, "/")+" OWNER TO "+owning)

	_, err = database.Open(t.Context(), as(serving))
	equal(t, "that serving tells of switchboard migrate", err != nil && strings.Contains(err.Error(), "run `switchboard migrate`"), true)
	_, err = database.Migrate(t.Context(), as(owning))
	check(t, err)
	document, err := os.ReadFile("../docs/operators.md")
	check(t, err)
	owner, err := sql.Open("pgx", as(owning))
	check(t, err)
	defer owner.Close()
	do(owner, regexp.MustCompile(`\bswitchboard\b`).ReplaceAllString(grants.FindStringSubmatch(string(document))[1], serving))

	db := databasetest.Open(t, as(serving))
	s := newSite(t, db)
	maya, id := s.person("maya"), simulator.ID("s2s-na")
	equal(t, "a save", maya.post("/connectors/"+id, maya.edit(id, "version", "2")).status, http.StatusSeeOther)
	equal(t, "a sync", maya.post("/connectors/"+id+"/sync", maya.get("/connectors/"+id).form("/connectors/"+id+"/sync")).status != http.StatusInternalServerError, true)
	for _, page := range []string{"/", "/connectors", "/connectors/" + id, "/changes", "/audit", "/sessions", "/audit.ndjson", "/readyz"} {
		equal(t, page, maya.get(page).status, http.StatusOK)
	}
	equal(t, "what a role refuses", s.person("tom").get("/connectors/"+id+"/edit").status, http.StatusForbidden)
	equal(t, "a sign-out", maya.post("/logout", maya.get("/").form("/logout")).status, http.StatusOK)
	lacks(t, page{body: s.log.String()}, "permission denied", "42501")
	for _, statement := range []string{
		"DELETE FROM audit_entries", "UPDATE audit_entries SET line = ''", "TRUNCATE audit_entries", "DROP TABLE audit_entries",
		"ALTER TABLE audit_entries DISABLE TRIGGER ALL", "UPDATE audit_hashes SET hash = ''", "DELETE FROM audit_head", "CREATE TABLE another (id BIGINT)",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		equal(t, statement+" is refused", err != nil && strings.Contains(err.Error(), "42501"), true)
	}
}
