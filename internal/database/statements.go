package database

import (
	"context"
	"database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// mostStatements bounds the statements that a connection keeps; each takes some kilobytes. The texts of the program are fewer,
// but for lists of values of many lengths.
const mostStatements = 96

// prepared opens connections to SQLite that keep what they have prepared: to parse and plan a text takes longer than most take to
// run. PostgreSQL's driver does so by itself. SQLite prepares a statement anew, by itself, once the tables have changed.
type prepared struct {
	driver.Connector
	brief bool
}

// newPrepared is the way to a database. brief has no statement be watched for the end of its context once it runs, which the driver
// does by a goroutine each: that takes longer than most statements do.
func newPrepared(dsn string, brief bool) (driver.Connector, error) {
	plain, err := sqlite.NewConnector(dsn)
	return prepared{plain, brief}, err
}

// Connect opens a connection.
func (p prepared) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparedConn{sqliteConn: opened.(sqliteConn), brief: p.brief, idle: map[string]*statement{}}, nil
}

// sqliteConn is what each connection of the driver is.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparedConn is a connection with the statements that nothing uses at the moment. database/sql has one caller use it at a time.
type preparedConn struct {
	sqliteConn
	brief bool
	idle  map[string]*statement
	uses  uint64
}

// statement is a prepared text, and when it was used last.
type statement struct {
	driver.Stmt
	text string
	used uint64
}

// Unwrap is the driver's own connection.
func (c *preparedConn) Unwrap() driver.Conn { return c.sqliteConn }

// kept says whether a text is worth keeping: what reads and changes rows, not what changes tables or settings.
func kept(text string) bool {
	for _, word := range []string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", dataVersion} {
		if strings.HasPrefix(text, word) {
			return !strings.Contains(text, ";")
		}
	}
	return false
}

// take is the statement of that text, which nobody else has until it is put back: rows may be open of one of the same text.
func (c *preparedConn) take(ctx context.Context, text string) (*statement, error) {
	if one, there := c.idle[text]; there {
		delete(c.idle, text)
		return one, nil
	}
	plain, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &statement{Stmt: plain, text: text}, nil
}

// put keeps the statement for the next time, unless that failed which was done with it.
func (c *preparedConn) put(one *statement, failed error) error {
	if _, there := c.idle[one.text]; there || failed != nil {
		return one.Close()
	}
	c.uses++
	one.used = c.uses
	c.idle[one.text] = one
	if len(c.idle) <= mostStatements {
		return nil
	}
	oldest := one
	for _, other := range c.idle {
		if other.used < oldest.used {
			oldest = other
		}
	}
	delete(c.idle, oldest.text)
	return oldest.Close()
}

// watched is the context whose end ends the statement.
func (c *preparedConn) watched(ctx context.Context) context.Context {
	if c.brief {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// ExecContext runs a text.
func (c *preparedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if !kept(text) {
		return c.sqliteConn.ExecContext(ctx, text, args)
	}
	ctx = c.watched(ctx)
	one, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	done, err := one.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if wrong := c.put(one, err); err == nil {
		err = wrong
	}
	return done, err
}

// QueryContext runs a text that gives rows.
func (c *preparedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if !kept(text) {
		return c.sqliteConn.QueryContext(ctx, text, args)
	}
	ctx = c.watched(ctx)
	one, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := one.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		_ = c.put(one, err) // what went wrong is told
		return nil, err
	}
	return &preparedRows{Rows: rows, conn: c, statement: one}, nil
}

// Close ends the connection, whose statements are ended before: SQLite would keep the file open for them.
func (c *preparedConn) Close() error {
	for text, one := range c.idle {
		delete(c.idle, text)
		_ = one.Close() // the connection's own end tells of trouble
	}
	return c.sqliteConn.Close()
}

// preparedRows put their statement back when they are closed.
type preparedRows struct {
	driver.Rows
	conn      *preparedConn
	statement *statement
}

// Close ends the rows.
func (r *preparedRows) Close() error {
	err := r.Rows.Close()
	if r.statement == nil {
		return err
	}
	one := r.statement
	r.statement = nil
	if wrong := r.conn.put(one, err); err == nil {
		err = wrong
	}
	return err
}
