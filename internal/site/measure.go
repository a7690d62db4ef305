package site

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchboard/graphclient"
	"switchboard/internal/audit"
	"switchboard/internal/oidc"
)

// askedWithin bounds what a scrape asks of the database: Prometheus itself waits 10 s.
const askedWithin = 2 * time.Second

// measure tells how things stand, each time that somebody looks. What is asked of the database for it is one row, or counted by an
// index over what there is now, so that a scrape costs the same whatever the age of the record. Replicas of one database tell the
// same there, and rules take their largest.
func (r *Rooms) measure(version string) {
	r.Metrics.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "switchboard_build_info", Help: "1; the labels say which program this is.",
			ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
		}, func() float64 { return 1 }),
		gauge("switchboard_graph_breaker_open", "1 while Graph has answered nobody for a while, so that reads of it fail at once.", func() float64 {
			return oneIf(r.graph.Down())
		}),
		gauge("switchboard_audit_chain_ok", "1 while the record is what was signed, else 0.", func() float64 {
			return oneIf(!r.auditLog.Standing().Broken)
		}),
		asked("switchboard_changes_in_doubt", "Changes of which it is not known whether Graph applied them.", func(ctx context.Context) (float64, bool) {
			count, err := r.changes.Doubts(ctx)
			return float64(count), err == nil
		}),
		asked("switchboard_bulk_rows_left", "Rows of runs that are not over, which wait or are being sent.", func(ctx context.Context) (float64, bool) {
			left, err := r.Bulk.RowsLeft(ctx)
			return float64(left), err == nil
		}),
		asked("switchboard_sessions", "Sessions of all people that have not ended.", func(ctx context.Context) (float64, bool) {
			count, err := r.Sessions.Count(ctx)
			return float64(count), err == nil
		}),
		asked("switchboard_audit_lines", "Lines of the record.", func(ctx context.Context) (float64, bool) {
			lines, err := r.auditLog.Size(ctx)
			return float64(lines), err == nil
		}),
	)
}

// credentialGauge tells when the client certificate ends that its file holds now.
func credentialGauge(client *oidc.Client) prometheus.Collector {
	const name, help = "switchboard_credential_expiry_timestamp_seconds", "When the client certificate ends; absent with another credential."
	return asked(name, help, func(context.Context) (float64, bool) {
		ends := client.CredentialEnds()
		return float64(ends.Unix()), !ends.IsZero()
	})
}

// measureGraph measures each request to Graph, as it is sent, and traces it: one that is sent again counts twice.
func (r *Rooms) measureGraph() graphclient.Observer {
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "switchboard_graph_request_duration_seconds", Help: "How long requests to Graph took, by what was asked and how it ended.",
		Buckets: []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15, 30},
	}, []string{"call", "outcome"})
	r.Metrics.MustRegister(took)
	return func(ctx context.Context, request graphclient.Request) func(graphclient.Result) {
		traced := func(graphclient.Result) {}
		if r.tracing != nil {
			traced = r.tracing.Graph(ctx, request)
		}
		return func(result graphclient.Result) {
			took.WithLabelValues(request.Call, result.Outcome).Observe(result.Took.Seconds())
			traced(result)
		}
	}
}

// countChanges counts how changes ended, those that this process recorded. One that was in doubt counts twice: as that, and as what
// it came to.
func (r *Rooms) countChanges() func(audit.Action, audit.Outcome) {
	ended := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "switchboard_changes_total", Help: "Outcomes of changes, by action.",
	}, []string{"action", "outcome"})
	for _, action := range []audit.Action{audit.Edit, audit.Sync, audit.Revert, audit.BulkEdit} {
		for _, outcome := range []audit.Outcome{audit.Applied, audit.Rejected, audit.InDoubt, audit.NotApplied, audit.AppliedObserved, audit.Superseded} {
			ended.WithLabelValues(string(action), string(outcome)) // a counter that comes into being at 1 has not grown, for Prometheus
		}
	}
	r.Metrics.MustRegister(ended)
	return func(action audit.Action, outcome audit.Outcome) {
		ended.WithLabelValues(string(action), string(outcome)).Inc()
	}
}

func gauge(name, help string, read func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read)
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// asked is a gauge that somebody has to be asked for; it is absent where they do not say.
func asked(name, help string, ask func(context.Context) (value float64, ok bool)) prometheus.Collector {
	return asking{prometheus.NewDesc(name, help, nil, nil), ask}
}

type asking struct {
	about *prometheus.Desc
	ask   func(context.Context) (float64, bool)
}

// Describe is prometheus.Collector's.
func (a asking) Describe(to chan<- *prometheus.Desc) { to <- a.about }

// Collect is prometheus.Collector's.
func (a asking) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askedWithin)
	defer cancel()
	if value, ok := a.ask(ctx); ok {
		to <- prometheus.MustNewConstMetric(a.about, prometheus.GaugeValue, value)
	}
}
