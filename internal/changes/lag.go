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

// byOthers leaves of a merge's other properties those that others changed: not those that one of two reads shows because it came from
// a copy of Graph's that had not caught up with a change of ours, nor those that this person changed in another window. What a sync
// has set is marked, one property at a time, also where it clashes.
func (s *Service) byOthers(ctx context.Context, actor access.Actor, edit connector.Edit, now connector.Connector, merge connector.Merge) connector.Merge {
	if len(merge.Others)+len(merge.Conflicts) == 0 {
		return merge
	}
	lines, err := s.AuditLog.History(ctx, now.ID(), linesRead)
	if err != nil {
		s.Log.WarnContext(ctx, "the record could not be read to tell old copies apart", "error", err.Error())
		return merge
	}
	behind := audit.Behind(lines, now, s.Now())
	explained := func(drift connector.Drift) bool {
		late := slices.ContainsFunc(behind, func(field connector.FieldChange) bool { return field.Name == drift.Name })
		return late || madeBy(actor, lines, drift)
	}
	merge.Others = slices.DeleteFunc(slices.Clone(merge.Others), explained)
	synced := connector.Drift{Name: connector.LastSyncDateTime, Was: edit.Shown.Value(connector.LastSyncDateTime), Is: now.Value(connector.LastSyncDateTime)}
	if !connector.SyncMoved(synced.Was, synced.Is) || explained(synced) || told(lines, synced.Name, synced.Is) {
		return merge
	}
	for i, drift := range merge.Others {
		merge.Others[i].Sync = setBySync(lines, drift.Name, drift.Is)
	}
	merge.Conflicts = slices.Clone(merge.Conflicts)
	for i, clash := range merge.Conflicts {
		merge.Conflicts[i].Sync = setBySync(lines, clash.Name, clash.Theirs) && !explained(connector.Drift{Name: clash.Name, Was: clash.Base, Is: clash.Theirs})
	}
	return merge
}

// setBySync says whether a sync that ran has given a property that value: it sets the last sync and the status.
func setBySync(lines []audit.Entry, name string, is connector.Value) bool {
	return (name == connector.LastSyncDateTime || name == connector.Status) && !told(lines, name, is)
}

// told says whether the latest change that the lines tell of a property gave it that value.
func told(lines []audit.Entry, name string, is connector.Value) bool {
	for _, line := range audit.Effects(lines) {
		i := slices.IndexFunc(line.Fields, func(field connector.FieldChange) bool { return field.Name == name })
		if i >= 0 {
			return line.Fields[i].Gives(is)
		}
	}
	return false
}

// madeBy says whether this person's own changes lead from one value of the drift to the other, and none between or after them led
// elsewhere. The lines come newest first; who found out how a change ended may be somebody else than its author.
func madeBy(actor access.Actor, lines []audit.Entry, drift connector.Drift) bool {
	authors := map[string]access.Actor{}
	for _, line := range lines {
		authors[line.ID] = line.Actor
	}
	is := drift.Is
	for _, line := range audit.Effects(lines) {
		i := slices.IndexFunc(line.Fields, func(field connector.FieldChange) bool { return field.Name == drift.Name })
		if i < 0 || leaves(line, line.Fields[i], is) {
			continue
		}
		if line.Action == audit.Observed || !line.Fields[i].Gives(is) || !authors[line.ID].Is(actor) {
			return false
		}
		if is = line.Fields[i].Before; connector.Same(drift.Name, is, drift.Was) {
			return true
		}
	}
	return false
}

// leaves says whether the property held that value before the change already, and nothing shows that the change stored another in it.
func leaves(line audit.Entry, field connector.FieldChange, is connector.Value) bool {
	stored := line.Outcome == audit.Applied || line.Outcome == audit.AppliedObserved
	if field.Stored != nil {
		stored = !connector.Same(field.Name, *field.Stored, field.Before)
	}
	return !stored && connector.Same(field.Name, is, field.Before)
}

// caughtUp reads the connector for a save. A copy of Graph's that shows a property, which the person changes, as it was
// before a change of ours is asked again a moment later; if it stays so, that counts as what Graph holds.
// latest is the connector's latest change, at is when the read began.
func (s *Service) caughtUp(ctx context.Context, p Person, edit connector.Edit, latest Change) (now connector.Connector, at time.Time, err error) {
	changed := edit.Changed()
	for _, pause := range append(rereads, 0) {
		at = s.Now()
		if now, err = s.Graph.For(p).Get(ctx, edit.ID); err != nil || pause == 0 || !latest.mayHide(changed, now, at) {
			return now, at, err
		}
		lines, err := s.AuditLog.History(ctx, edit.ID, linesRead)
		touched := func(field connector.FieldChange) bool {
			return slices.ContainsFunc(changed, func(each connector.FieldChange) bool { return each.Name == field.Name })
		}
		if err != nil || !slices.ContainsFunc(audit.Behind(lines, now, at), touched) || s.Sleep(ctx, pause) != nil {
			return now, at, nil
		}
	}
	return now, at, err
}

// mayHide says whether a read may show one of these fields as it was before a change of ours, of which c is the connector's latest,
// so that the audit log has to tell: not where the latest was over for long, nor where it was the one that set them all and none is
// read as before it.
func (c Change) mayHide(touched []connector.FieldChange, now connector.Connector, at time.Time) bool {
	if c.ID == "" || at.Sub(c.OutcomeAt) > audit.LagsFor+abandonedAfter {
		return false
	}
	if c.Outcome != audit.Applied && c.Outcome != audit.AppliedObserved {
		return true
	}
	return slices.ContainsFunc(touched, func(each connector.FieldChange) bool {
		i := slices.IndexFunc(c.Fields, func(set connector.FieldChange) bool { return set.Name == each.Name })
		return i < 0 || connector.Same(each.Name, now.Value(each.Name), c.Fields[i].Before)
	})
}

// isOld says whether a read shows, in a property of the change, what a change before it replaced a short while ago, and not what the
// change itself asked for: it came from a copy that lags behind both, and proves nothing.
func (s *Service) isOld(ctx context.Context, change Change, read reading) (bool, error) {
	lines, err := s.AuditLog.History(ctx, change.Connector, linesRead)
	if err != nil {
		return false, err
	}
	for _, line := range audit.Effects(lines) {
		for _, field := range line.Fields {
			is := read.connector.Value(field.Name)
			if line.ID != change.ID && change.wantsOther(field.Name, is) && line.Replaced(field, read.at) && connector.Same(field.Name, is, field.Before) {
				return true, nil
			}
		}
	}
	return false, nil
}

// wantsOther says whether the change asks for something else in the property than that.
func (c Change) wantsOther(name string, is connector.Value) bool {
	return slices.ContainsFunc(c.Fields, func(field connector.FieldChange) bool {
		return field.Name == name && !connector.Same(name, field.Requested, is)
	})
}
