package database

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
)

// appendOnlyTables hold the audit log: rows are added and never changed or deleted.
var appendOnlyTables = []struct{ name, key string }{{"audit_entries", "seq"}, {"audit_hashes", "place"}}

// appendOnly is the migration that makes the database itself refuse to change the audit log. Its owner can still drop the
// triggers: that nobody did is what the signed checkpoints are for.
func (db *DB) appendOnly() *goose.Migration {
	statements := postgresTriggers
	if db.Local() {
		statements = sqliteTriggers
	}
	up := func(ctx context.Context, tx *sql.Tx) error { return execute(ctx, tx, statements()) }
	down := func(ctx context.Context, tx *sql.Tx) error { return execute(ctx, tx, db.dropTriggers()) }
	return goose.NewGoMigration(appendOnlyVersion, &goose.GoFunc{RunTx: up}, &goose.GoFunc{RunTx: down})
}

func execute(ctx context.Context, tx *sql.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// sqliteTriggers also refuse an INSERT OR REPLACE, which deletes a row without firing its DELETE trigger.
func sqliteTriggers() []string {
	var statements []string
	for _, table := range appendOnlyTables {
		name := table.name
		refuse := fmt.Sprintf("BEGIN SELECT RAISE(ABORT, '%s is append-only'); END", name)
		taken := fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE %s = NEW.%s OR rowid = NEW.rowid)", name, table.key, table.key)
		statements = append(statements,
			fmt.Sprintf("CREATE TRIGGER %s_no_update BEFORE UPDATE ON %s %s", name, name, refuse),
			fmt.Sprintf("CREATE TRIGGER %s_no_delete BEFORE DELETE ON %s %s", name, name, refuse),
			fmt.Sprintf("CREATE TRIGGER %s_no_replace BEFORE INSERT ON %s WHEN %s %s", name, name, taken, refuse))
	}
	refuse := "BEGIN SELECT RAISE(ABORT, 'audit_head only grows by one'); END"
	return append(statements,
		"CREATE TRIGGER audit_head_no_update BEFORE UPDATE ON audit_head WHEN NEW.size <> OLD.size + 1 "+refuse,
		"CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head "+refuse,
		"CREATE TRIGGER audit_head_no_replace BEFORE INSERT ON audit_head "+refuse)
}

func postgresTriggers() []string {
	statements := []string{
		`CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
		`CREATE TRIGGER audit_head_no_update BEFORE UPDATE ON audit_head
		FOR EACH ROW WHEN (NEW.size <> OLD.size + 1) EXECUTE FUNCTION refuse_change()`,
		`CREATE TRIGGER audit_head_no_delete BEFORE DELETE OR TRUNCATE ON audit_head EXECUTE FUNCTION refuse_change()`,
	}
	for _, table := range appendOnlyTables {
		statements = append(statements, fmt.Sprintf(`CREATE TRIGGER %s_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
		EXECUTE FUNCTION refuse_change()`, table.name, table.name))
	}
	return statements
}

func (db *DB) dropTriggers() []string {
	if !db.Local() {
		return []string{"DROP FUNCTION refuse_change() CASCADE"}
	}
	var statements []string
	for _, table := range []string{"audit_head", "audit_entries", "audit_hashes"} {
		for _, trigger := range []string{"no_update", "no_delete", "no_replace"} {
			statements = append(statements, fmt.Sprintf("DROP TRIGGER %s_%s", table, trigger))
		}
	}
	return statements
}
