package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"switchboard/internal/access"
	"switchboard/internal/bulk"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	bulkviews "switchboard/views/bulk"
	"switchboard/views/links"
)

// RunSteerer holds a run back, has it go on, or ends it.
type RunSteerer interface {
	Pause(ctx context.Context, who access.Actor, id string) (bulk.Run, error)
	Resume(ctx context.Context, who access.Actor, id string) (bulk.Run, error)
	Stop(ctx context.Context, who access.Actor, id string) (bulk.Run, error)
}

// runID is the id of a run in the path; file says that its result is asked for as a file.
func runID(c echo.Context) (id string, file bool, err error) {
	text, file := strings.CutSuffix(c.Param("run"), ".csv")
	parsed, err := uuid.Parse(text)
	if err != nil {
		return "", false, problem.New(problem.NotFound, "There is no run with this id.").Advising("Check the link.")
	}
	return parsed.String(), file, nil
}

// run is the page of a run, or its result as a file.
func (h *bulkPages) run(c echo.Context, person *session.Person) error {
	id, file, err := runID(c)
	if err != nil {
		return err
	}
	if !file {
		h.lookAtAll(c, person)
	}
	run, err := h.runReader.Run(c.Request().Context(), id)
	if err != nil {
		return err
	}
	if file {
		return h.result(c, person, run)
	}
	return h.sendRun(c, person, http.StatusOK, run)
}

// sendRun shows the run: to htmx that has its place on a page, what changes of it alone.
func (h *bulkPages) sendRun(c echo.Context, person *session.Person, status int, run bulk.Run) error {
	model, err := h.runModel(c, person, run)
	if err != nil {
		return err
	}
	shown := page{
		status: status, title: model.Title(), fragment: bulkviews.RunContent(model),
		current: links.RunURL(run.ID), crumbs: bulkCrumbs(model.Kind()),
	}
	if c.Request().Header.Get("HX-Target") == "section#run" {
		shown.fragment = bulkviews.RunSection(model)
	}
	return h.send(c, person, shown)
}

func (h *bulkPages) runModel(c echo.Context, person *session.Person, run bulk.Run) (bulkviews.Run, error) {
	model := bulkviews.Run{
		RunHead: h.runHead(person, run), RunCounts: bulkviews.RunCounts(run.Counts), Filter: c.QueryParam(bulkviews.ShowField),
		MayEdit: person.Actor().May(access.Edit), Token: person.FormToken(), Now: h.now(), Seen: c.QueryParam(bulkviews.SeenField),
	}
	if run.SyncType == "" {
		model.PutBack = run.Counts.Applied
	}
	rows, err := h.runReader.Rows(c.Request().Context(), run.ID, rowsAsked(c, &model))
	if err != nil {
		return bulkviews.Run{}, err
	}
	model.Rows, model.Fields = runRows(rows)
	if slices.ContainsFunc(rows, func(row bulk.Row) bool { return row.Unproven }) {
		model.Unproven = bulk.WhyUnproven
	}
	model.Again, err = h.again(c, run, model.MayEdit)
	return model, err
}

// runRows are rows as the page has them, and the properties that any of them changes.
func runRows(rows []bulk.Row) (shown []bulkviews.RunRow, fields []string) {
	changed := map[string]bool{}
	for _, row := range rows {
		shown = append(shown, runRow(row))
		for _, field := range row.Fields {
			changed[field.Name] = true
		}
	}
	for _, property := range connector.Editable() {
		if changed[property.Name] {
			fields = append(fields, property.Name)
		}
	}
	return shown, fields
}

// rowsAsked are the rows that the address asks for. What it says that no page has counts as not said.
func rowsAsked(c echo.Context, model *bulkviews.Run) bulk.Page {
	page := bulk.Page{Most: bulkviews.RowsAPage}
	count, known := model.Total, model.Filter == ""
	for _, group := range bulkviews.Groups(model.RunCounts) {
		if group.Name == model.Filter {
			known, count = true, group.Count
			for _, outcome := range group.Outcomes {
				page.Outcomes = append(page.Outcomes, bulk.Outcome(outcome))
			}
		}
	}
	if !known {
		model.Filter = ""
	}
	asked, _ := strconv.Atoi(c.QueryParam(bulkviews.PageField))
	model.Pages = max(1, (count+bulkviews.RowsAPage-1)/bulkviews.RowsAPage)
	model.Page = min(max(asked, 1), model.Pages)
	page.After = (model.Page - 1) * bulkviews.RowsAPage
	return page
}

// again is what to ask once more of the connectors to which the run did not apply what it asked of all alike; nil where there are
// none, or where it asked something else of each.
func (h *bulkPages) again(c echo.Context, run bulk.Run, mayEdit bool) (*bulkviews.Again, error) {
	open := run.Counts.Conflict + run.Counts.Rejected + run.Counts.NotApplied + run.Counts.Left
	if !mayEdit || !run.Over() || run.Reverts != "" || open == 0 {
		return nil, nil
	}
	rows, err := h.runReader.Rows(c.Request().Context(), run.ID, bulk.Page{
		Outcomes: []bulk.Outcome{bulk.Conflict, bulk.Rejected, bulk.NotApplied, bulk.Waiting}, Most: bulk.MostRows,
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	again := bulkviews.Again{Reason: run.Reason, Wish: bulkviews.Wish{SyncType: run.SyncType, Ticked: map[string]bool{}, Values: map[string]string{}}}
	for _, field := range rows[0].Fields {
		again.Ticked[field.Name], again.Values[field.Name] = true, field.Requested.Text()
	}
	for _, row := range rows {
		for _, field := range row.Fields {
			if again.Ticked[field.Name] && again.Values[field.Name] != field.Requested.Text() {
				return nil, nil
			}
		}
		if len(row.Fields) != len(rows[0].Fields) {
			return nil, nil
		}
		again.IDs = append(again.IDs, row.Connector)
	}
	return &again, nil
}

func runRow(row bulk.Row) bulkviews.RunRow {
	return bulkviews.RunRow{
		Position: row.Position, ID: row.Connector, Name: row.Name, Outcome: string(row.Outcome), Change: row.Change, Tries: row.Tries,
		Fields: row.Fields,
		Note: bulkviews.RowNote{
			Skipped: string(row.Note.Why), Conflicts: row.Note.Conflicts, Behind: row.Note.Behind, Said: row.Note.Said,
		},
	}
}

func (h *bulkPages) pause(c echo.Context, person *session.Person) error {
	return h.steer(c, person, h.steerer.Pause)
}

func (h *bulkPages) resume(c echo.Context, person *session.Person) error {
	return h.steer(c, person, h.steerer.Resume)
}

func (h *bulkPages) stop(c echo.Context, person *session.Person) error {
	return h.steer(c, person, h.steerer.Stop)
}

// steer does something to a run, by the role of now, and shows it as it stands then.
func (h *bulkPages) steer(c echo.Context, person *session.Person, how func(context.Context, access.Actor, string) (bulk.Run, error)) error {
	id, _, err := runID(c)
	if err != nil {
		return err
	}
	c.Set(returnKey, links.RunURL(id))
	ctx := c.Request().Context()
	if _, err := h.runReader.Run(ctx, id); err != nil {
		return err
	}
	if person, err = person.Confirmed(ctx); err != nil {
		return err
	}
	run, err := how(ctx, person.Actor(), id)
	if err != nil {
		return err
	}
	if wantsFragment(c.Request()) {
		return h.sendRun(c, person, http.StatusOK, run)
	}
	return c.Redirect(http.StatusSeeOther, links.RunURL(id))
}

// putBack reviews what gives each connector back what the run replaced.
func (h *bulkPages) putBack(c echo.Context, person *session.Person) error {
	id, _, err := runID(c)
	if err != nil {
		return err
	}
	c.Set(returnKey, links.RunURL(id))
	sent, err := readBulkForm(sentForm(c))
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := h.runReader.Run(ctx, id); err != nil {
		return err
	}
	applied, err := h.runReader.Applied(ctx, id)
	if err != nil {
		return err
	}
	if len(applied) == 0 {
		return problem.New(problem.Conflict, "Nothing of this run can be put back.").Saying("Nothing was sent to Graph.").
			Advising("Open the run to see what came of it.")
	}
	listing, err := h.whole.Whole(ctx, person)
	if err != nil {
		return err
	}
	return h.reviewed(c, person, listing, bulk.PutBack(id, applied), bulkForm{reason: sent.reason})
}

// resultColumns head the result of a run.
var resultColumns = []string{"position", "connector", "name", "outcome", "change", "property", "before", "requested", "note"}

// result is what came of every connector of a run, for a spreadsheet: a line for each property that was to change.
func (h *bulkPages) result(c echo.Context, person *session.Person, run bulk.Run) error {
	var file bytes.Buffer
	file.WriteString("\ufeff")
	writer := csv.NewWriter(&file)
	if err := writer.Write(resultColumns); err != nil {
		return err
	}
	for page := (bulk.Page{Most: 500}); ; page.After += page.Most {
		rows, err := h.runReader.Rows(c.Request().Context(), run.ID, page)
		if err != nil {
			return err
		}
		for _, row := range rows {
			for _, line := range resultLines(row) {
				if err := writer.Write(line); err != nil {
					return err
				}
			}
		}
		if len(rows) < page.Most {
			break
		}
	}
	if writer.Flush(); writer.Error() != nil {
		return writer.Error()
	}
	h.tellSession(c, person)
	name := "run-" + run.StartedAt.UTC().Format(time.DateOnly) + "-" + run.ID[:8] + ".csv"
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

func resultLines(row bulk.Row) [][]string {
	id := row.Connector
	if !connector.Opaque(id) {
		id = connector.Inert(id)
	}
	head := []string{
		strconv.Itoa(row.Position), id, connector.Inert(row.Name.String()), string(row.Outcome), row.Change,
	}
	note := connector.Inert(runRow(row).Why())
	if len(row.Fields) == 0 {
		return [][]string{append(head, "", "", "", note)}
	}
	var lines [][]string
	for _, field := range row.Fields {
		line := append(append([]string(nil), head...), field.Name, connector.Inert(field.Before.Text()), connector.Inert(field.Requested.Text()), note)
		lines = append(lines, line)
	}
	return lines
}
