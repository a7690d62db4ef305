package simulator_test

import (
	"reflect"
	"testing"
	"time"

	"switchboard/simulator"
)

// TestMany: a tenant of any size begins with the connectors made by hand, is the same each time, and has every kind and status.
func TestMany(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC)
	byHand := simulator.Connectors(start)
	for _, n := range []int{0, 1, 42, 43, 44, 10_000} {
		all := simulator.Many(start, n)
		if len(all) != n {
			t.Fatalf("asked for %d connectors, got %d", n, len(all))
		}
		if least := min(n, len(byHand)); !reflect.DeepEqual(all[:least], byHand[:least]) {
			t.Errorf("of %d connectors the first are not those made by hand", n)
		}
		if !reflect.DeepEqual(all, simulator.Many(start, n)) {
			t.Errorf("%d connectors are others at the second time", n)
		}
	}
	ids, values := map[string]bool{}, map[string]int{}
	for _, one := range simulator.Many(start, 10_000) {
		ids[one.ID] = true
		for _, name := range []string{"status", "exchangeConnectorType"} {
			value, _ := one.Value(name)
			values[value]++
		}
	}
	if len(ids) != 10_000 {
		t.Errorf("of 10,000 connectors %d have an id of their own", len(ids))
	}
	for value, least := range map[string]int{
		"connected": 2000, "disconnected": 4000, "none": 2000, "connectionPending": 10,
		"onPremises": 7000, "hosted": 700, "serviceToService": 700, "dedicated": 700,
	} {
		if values[value] < least {
			t.Errorf("of 10,000 connectors %d are %s, want %d at least", values[value], value, least)
		}
	}
}
