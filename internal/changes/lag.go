package changes

import (
	"context"
	"slices"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// linesRead bounds the lines of a connector's history by which a read is told from an older one.
const linesRead = 60

// byOthers are the drifts that others made: not those that one of two reads shows because it came from a copy of Graph's
// that had not caught up with a change of ours.
func (s *Service) byOthers(ctx context.Context, actor access.Actor, now connector.Connector, drifts []connector.Drift) []connector.Drift {
	if len(drifts) == 0 {
		return nil
	}
	lines, err := s.AuditLog.History(ctx, now.ID(), linesRead)
	if err != nil {
		s.Log.WarnContext(ctx, "the record could not be read to tell old copies apart", "error", err.Error())
		return drifts
	}
	at := s.Now()
	behind := audit.Behind(lines, now, at)
	return slices.DeleteFunc(slices.Clone(drifts), func(drift connector.Drift) bool {
		named := func(field connector.FieldChange) bool { return field.Name == drift.Name }
		return slices.ContainsFunc(behind, named) || slices.ContainsFunc(lines, func(line audit.Entry) bool {
			i := slices.IndexFunc(line.Fields, named)
			return i >= 0 && line.Actor.Is(actor) && line.Replaced(line.Fields[i], at) &&
				connector.Same(drift.Name, drift.Was, line.Fields[i].Before) && connector.Same(drift.Name, drift.Is, line.Fields[i].Requested)
		})
	})
}

// caughtUp reads the connector for a save. A copy of Graph's that shows a property, which the person changes, as it was
// before a change of ours is asked again a moment later; if it stays so, that counts as what Graph holds.
// at is when the read began.
func (s *Service) caughtUp(ctx context.Context, p Person, edit connector.Edit) (now connector.Connector, at time.Time, err error) {
	for _, pause := range append(rereads, 0) {
		at = s.Now()
		if now, err = s.Graph.For(p).Get(ctx, edit.ID); err != nil || pause == 0 {
			return now, at, err
		}
		lines, err := s.AuditLog.History(ctx, edit.ID, linesRead)
		changed := edit.Changed()
		touched := func(field connector.FieldChange) bool {
			return slices.ContainsFunc(changed, func(each connector.FieldChange) bool { return each.Name == field.Name })
		}
		if err != nil || !slices.ContainsFunc(audit.Behind(lines, now, at), touched) || s.Sleep(ctx, pause) != nil {
			return now, at, nil
		}
	}
	return now, at, err
}

// isOld says whether a read shows, in a property of the change in doubt, what a change before it replaced a short while ago:
// it came from a copy that lags behind both, and proves nothing.
func (s *Service) isOld(ctx context.Context, change Change, read reading) (bool, error) {
	lines, err := s.AuditLog.History(ctx, change.Connector, linesRead)
	if err != nil {
		return false, err
	}
	for _, line := range lines {
		for _, field := range line.Fields {
			own := slices.ContainsFunc(change.Fields, func(each connector.FieldChange) bool { return each.Name == field.Name })
			if own && line.ID != change.ID && line.Replaced(field, read.at) && connector.Same(field.Name, read.connector.Value(field.Name), field.Before) {
				return true, nil
			}
		}
	}
	return false, nil
}
