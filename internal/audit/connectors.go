package audit

import (
	"context"
	"encoding/json"

	"switchboard/internal/connector"
)

// byConnectors asks for lines about connectors by their ids; none asks for all lines.
func (l *Log) byConnectors(ctx context.Context, c *condition, ids []string) (err error) {
	const one = "connector IS NOT NULL AND lower(connector) = lower($%d)"
	named := len(ids) > 0
	if len(ids) > few {
		if ids, err = l.recorded(ctx, ids); err != nil {
			return err
		}
	}
	switch {
	case len(ids) == 0:
		c.none = c.none || named
	case len(ids) == 1:
		c.driven = true
		c.add(one, ids[0])
	case len(ids) <= few:
		c.apart, c.apartTerm, c.driven = ids, one, true
	default:
		list, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		// no index is chosen for the case, which would lead to far more lines than a page needs
		c.add("connector IS NOT NULL AND CASE WHEN lower(connector) IN ("+l.members("$%d")+") THEN 1 ELSE 0 END = 1", string(list))
	}
	return nil
}

// recorded are those of the ids that lines are about, as ids are compared.
func (l *Log) recorded(ctx context.Context, ids []string) ([]string, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = connector.Key(id)
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	return l.texts(ctx, "SELECT listed.value FROM ("+l.members("$1")+`) AS listed
		WHERE EXISTS (SELECT 1 FROM audit_entries WHERE connector IS NOT NULL AND lower(connector) = listed.value)`, string(list))
}

// members selects the texts of a list, which is one argument however long it is: SQLite looks for each of many among all.
func (l *Log) members(list string) string {
	if l.db.Local() {
		return "SELECT value FROM json_each(" + list + ")"
	}
	return "SELECT value FROM jsonb_array_elements_text(" + list + "::jsonb) AS listed (value)"
}
