package database

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

const (
	// postgresConnections bounds the pool; PostgreSQL allows 100 in all unless told otherwise.
	postgresConnections = 12
	postgresIdleFor     = 5 * time.Minute
	postgresDialWithin  = 5 * time.Second
)

// connectPostgres prepares a pool; nothing is dialled yet.
func connectPostgres(url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database's URL is no PostgreSQL URL: write postgres://USER:PASSWORD@HOST:5432/NAME?sslmode=verify-full, with special characters percent-encoded")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = postgresDialWithin
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "switchboard"
	}
	quiet, server := &silence{}, config.Copy()
	config.DialFunc = quiet.dialer(config.DialFunc)
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		return errors.Join(durably(ctx, conn), bounded(ctx, conn, quiet.patience()))
	}))
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections)
	pool.SetConnMaxIdleTime(postgresIdleFor)
	return newDB(&DB{DB: pool, writer: pool, dialect: goose.DialectPostgres, name: postgresName(config), silence: quiet, server: server}), nil
}

// GiveUpAfter has what is asked of PostgreSQL from now on fail once nothing has come for that long, and at once while the
// server answers nobody. A statement that takes longer is ended by the server just before. Migrations, which come first, may
// take longer. On SQLite it does nothing: there is no server that could hang.
func (db *DB) GiveUpAfter(limit time.Duration) {
	if db.silence == nil {
		return
	}
	db.silence.giveUpAfter(limit)
	db.SetMaxIdleConns(0) // connections from before have no bounds
	db.SetMaxIdleConns(postgresConnections)
}

// idleWithin is how long the server keeps a transaction whose client says nothing, for instance because it was stopped: its
// locks keep all others waiting.
const idleWithin = 15 * time.Second

// bounded has the server end what takes too long, unless it was configured to otherwise.
func bounded(ctx context.Context, conn *pgx.Conn, limit time.Duration) error {
	if limit == 0 {
		return nil
	}
	_, err := conn.Exec(ctx, `SELECT set_config(name, CASE name WHEN 'statement_timeout' THEN $1 ELSE $2 END, false)
		FROM pg_settings WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout') AND setting = '0'`,
		milliseconds(limit*5/6), milliseconds(idleWithin))
	return err
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// durably makes a commit wait for the disk where the server's default is not to: an intent must outlive a crash.
func durably(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
	return err
}

// postgresName names the database without its password.
func postgresName(config *pgx.ConnConfig) string {
	if strings.HasPrefix(config.Host, "/") {
		return fmt.Sprintf("%s at %s", config.Database, config.Host)
	}
	return fmt.Sprintf("%s at %s:%d", config.Database, config.Host, config.Port)
}

// Plain names the servers of a URL, elsewhere than on this machine, that may be spoken to without TLS; none with SQLite.
func Plain(url string) []string {
	if strings.HasPrefix(url, "sqlite:") {
		return nil
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil // Open says so
	}
	var hosts []string
	look := func(host string, secured bool) {
		if !secured && !here(host) && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	look(config.Host, config.TLSConfig != nil)
	for _, other := range config.Fallbacks { // further hosts, and sslmode=prefer's second try
		look(other.Host, other.TLSConfig != nil)
	}
	return hosts
}

// here says whether a host is this machine: a socket, or loopback.
func here(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
