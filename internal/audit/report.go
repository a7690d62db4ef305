package audit

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"switchboard/internal/connector"
)

//go:embed report.html
var reportText string

var reportParts = template.Must(template.New("report").Parse(reportText))

// writeReport writes the lines of the pack as a page that a person reads or prints. It proves nothing, and says so.
func (l *Log) writeReport(ctx context.Context, w io.Writer, e evidence) error {
	head, err := l.reportHead(ctx, e)
	if err != nil {
		return err
	}
	if err := reportParts.ExecuteTemplate(w, "head", head); err != nil {
		return err
	}
	r := &reporter{w: w, called: e.by.Called, at: map[string]int{}}
	err = l.each(ctx, e.filter, e.size, func(row row) error {
		entry, err := read(strings.Clone(row.line), row.settled == 1) // what is kept of a line does not keep its batch
		if err != nil {
			return err
		}
		return r.take(entry)
	})
	if err == nil {
		err = r.flush(0)
	}
	if err != nil {
		return err
	}
	return reportParts.ExecuteTemplate(w, "foot", reportFoot{Entries: r.day != "", Key: e.last.Key, File: e.by.file()})
}

type reportHead struct {
	Title  string
	Broken bool
	Lines  int
	Facts  []reportFact
	Sums   []reportSum
	Runs   []reportRun
}

type reportFact struct{ Name, Value string }

type reportSum struct {
	Count, Words string
}

type reportFoot struct {
	Entries   bool
	Key, File string
}

func (l *Log) reportHead(ctx context.Context, e evidence) (reportHead, error) {
	head := reportHead{Title: "What happened" + reportPeriod(e.filter), Broken: l.broken()}
	counts, runs := map[string]int{}, newReportRuns()
	err := l.each(ctx, e.filter, e.size, func(row row) error {
		entry, err := read(strings.Clone(row.line), row.settled == 1) // what is kept of a line does not keep its batch
		head.Lines++
		counts[sumOf(entry)]++
		runs.take(entry)
		return err
	})
	for _, sum := range sums {
		if count := counts[sum.key]; count > 0 {
			head.Sums = append(head.Sums, reportSum{connector.Thousands(count), sum.words(count)})
		}
	}
	head.Runs = runs.told()
	head.Facts = []reportFact{
		{"Audit log", e.head.origin}, {"Lines here", connector.Thousands(head.Lines) + " of " + connector.Thousands(int(e.size))},
		{"Made", e.made.UTC().Format("2 January 2006, 15:04:05")}, {"Made by", seen(e.by.Actor.Name)},
	}
	head.Facts = append(head.Facts, reportFilter(e.filter)...)
	return head, err
}

// reportPeriod is the time that was asked for, in words.
func reportPeriod(f Filter) string {
	const moment, day = "2 January 2006, 15:04", "2 January 2006"
	from, to := f.From.UTC().Format(moment), f.To.UTC().Format(moment)
	if atMidnight(f.From) && atMidnight(f.To) && f.From.Before(f.To) {
		from, to = f.From.UTC().Format(day), f.To.UTC().Add(-1).Format(day)
		if from == to {
			return " on " + from
		}
	}
	switch {
	case f.From.IsZero() && f.To.IsZero():
		return ""
	case f.To.IsZero():
		return " from " + from
	case f.From.IsZero():
		return " until " + to
	}
	return " from " + from + " to " + to
}

func atMidnight(at time.Time) bool { return !at.IsZero() && at.Equal(at.UTC().Truncate(24*time.Hour)) }

// reportFilter is what else was asked for.
func reportFilter(f Filter) (facts []reportFact) {
	for _, one := range []reportFact{
		{"Text", f.Text}, {"Person", f.Person}, {"Connector", f.Connector + meant(f.Connectors)},
		{"Action", string(f.Action)}, {"Outcome", string(f.Outcome)}, {"Kind", map[Kind]string{People: "sign-ins, sign-outs, refusals and exports", Changes: "changes, without sign-ins and exports"}[f.Kind]},
	} {
		if one.Value != "" {
			facts = append(facts, reportFact{one.Name, seen(one.Value)})
		}
	}
	return facts
}

// reportAhead is for how many lines an intent waits for its outcome, to be told with it. One that comes later is told apart.
const reportAhead = 500

// reporter writes the entries in order, an intent and its outcome as one.
type reporter struct {
	w      io.Writer
	called func(id string) string
	day    string
	// waiting are the entries that are not written yet, at is where among them, with those written before, an intent is.
	waiting []*reported
	written int
	at      map[string]int
}

// reported is an entry of the report: a line, and the outcome that came later.
type reported struct {
	line    Entry
	outcome *Entry
}

func (r *reporter) take(e Entry) error {
	if place, there := r.at[e.ID]; there && e.Outcome != Pending && e.Action == r.waiting[place-r.written].line.Action {
		r.waiting[place-r.written].outcome = &e
		delete(r.at, e.ID)
		return nil
	}
	if e.Outcome == Pending {
		r.at[e.ID] = r.written + len(r.waiting)
	}
	r.waiting = append(r.waiting, &reported{line: e})
	return r.flush(reportAhead)
}

// flush writes all but the last so many.
func (r *reporter) flush(keep int) error {
	for len(r.waiting) > keep {
		first := r.waiting[0]
		if err := r.write(*first); err != nil {
			return err
		}
		r.waiting, r.written = slices.Delete(r.waiting, 0, 1), r.written+1
		if r.at[first.line.ID] == r.written-1 {
			delete(r.at, first.line.ID)
		}
	}
	return nil
}

func (r *reporter) write(e reported) error {
	if day := e.line.Time.UTC().Format("Monday, 2 January 2006"); day != r.day {
		err := reportParts.ExecuteTemplate(r.w, "day", struct {
			After bool
			Name  string
		}{r.day != "", day})
		if err != nil {
			return err
		}
		r.day = day
	}
	return reportParts.ExecuteTemplate(r.w, "entry", r.entry(e))
}

// reportEntry is an entry as the page has it.
type reportEntry struct {
	reportPlace
	At, Lines, Who, Roles, What, Outcome, Tone, Detail, Reason, Graph, About string
	Fields                                                                   []reportField
	// Asked says that values were asked for here.
	Asked bool
}

// reportPlace is where something happened: the connector, and the run that it was a part of.
type reportPlace struct{ Connector, ID, Run string }

type reportField struct {
	Label                     string
	Before, Requested, Stored reportValue
}

// reportValue is a text, or words in the place of one.
type reportValue struct{ Text, Words string }

func (r *reporter) entry(e reported) reportEntry {
	line, latest := e.line, e.line
	lines := "line " + connector.Thousands(int(line.Seq))
	if e.outcome != nil {
		latest = *e.outcome
		lines = "lines " + connector.Thousands(int(line.Seq)) + ", " + connector.Thousands(int(latest.Seq))
	}
	told := reportEntry{
		At: line.Time.UTC().Format(time.TimeOnly), Lines: lines, Who: seen(line.Actor.Name), Roles: seen(strings.Join(line.Actor.Claims, ", ")),
		What: reportVerb(latest), reportPlace: reportPlace{ID: seen(line.Connector), Run: seen(line.Run)}, Asked: line.Action != Observed,
	}
	told.Outcome, told.Tone = reportOutcome(latest)
	if line.Connector != "" && r.called != nil {
		if name := r.called(line.Connector); name != line.Connector {
			told.Connector = seen(name)
		}
	}
	if line.Action == Export || line.Action == Denied {
		told.Detail = seen(line.Reason)
	} else {
		told.Reason = seen(line.Reason)
	}
	told.About = aboutWords(line)
	told.Graph = graphWords(latest.Graph)
	for _, field := range latest.Fields {
		told.Fields = append(told.Fields, newReportField(field, latest))
	}
	return told
}

// aboutWords name what a line is about beside its connector: a change made elsewhere, and a ticket.
func aboutWords(line Entry) string {
	var about []string
	if line.Observed != 0 {
		about = append(about, "The change made elsewhere is line "+connector.Thousands(int(line.Observed))+".")
	}
	if line.Ticket != "" {
		about = append(about, "Ticket: "+seen(line.Ticket))
	}
	return strings.Join(about, " ")
}

func newReportField(field connector.FieldChange, e Entry) reportField {
	told := reportField{Label: field.Name, Before: newReportValue(field.Before), Requested: newReportValue(field.Requested)}
	if property, known := connector.Lookup(field.Name); known {
		told.Label = property.Label
	}
	switch {
	case field.Stored != nil:
		told.Stored = newReportValue(*field.Stored)
	case e.Outcome == Pending, e.Outcome == InDoubt, e.Outcome == Applied, e.Outcome == AppliedObserved:
		told.Stored.Words = "Not known"
	default:
		told.Stored.Words = "Not told"
	}
	return told
}

// longestTold is how many characters of a value the report shows.
const longestTold = 500

func newReportValue(v connector.Value) reportValue {
	switch text, more := connector.First(v.Text(), longestTold); {
	case v.IsNull():
		return reportValue{Words: "no value"}
	case text == "":
		return reportValue{Words: "empty"}
	case more:
		return reportValue{Text: seen(text) + fmt.Sprintf("… (%s characters in all)", connector.Thousands(connector.Characters(v.Text())))}
	default:
		return reportValue{Text: seen(text)}
	}
}
