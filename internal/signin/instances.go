package signin

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"switchboard/internal/seal"
)

// instances are those that lead people through sign-ins on one database. None knows what another puts into a browser at the
// same time, so they agree on a share of its pieces each.
type instances struct {
	db  Database
	now func() time.Time
	own string // id of this one
}

// instanceLife is how long one counts that no longer says that it is there.
const instanceLife = 3 * time.Minute

func newInstances(o Options) *instances {
	return &instances{db: o.DB, now: o.Now, own: seal.Random()}
}

// meet says that this instance is there, and returns how many are, and how many of them come before this one in their order.
func (i *instances) meet(ctx context.Context) (count, before int, err error) {
	now := i.now()
	err = i.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM instances WHERE seen_at < $1`, now.Add(-instanceLife).UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO instances (id, seen_at) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`,
			i.own, now.UnixMicro())
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*), count(CASE WHEN id < $1 THEN 1 END) FROM instances`, i.own).Scan(&count, &before)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("meet the other instances: %w", err)
	}
	return count, before, nil
}
