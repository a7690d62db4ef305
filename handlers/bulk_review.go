package handlers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/bulk"
	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	bulkviews "switchboard/views/bulk"
	"switchboard/views/connectors"
	"switchboard/views/links"
)

// review shows what a run would do, connector by connector. A kept review's other pages are asked for here, too: the form takes the
// ticks of the page that is left along.
func (h *bulkPages) review(c echo.Context, person *session.Person) error {
	sent, err := readBulkForm(sentForm(c))
	if err != nil {
		return err
	}
	if sent.review != "" && sent.page > 0 {
		return h.turnPage(c, person, sent)
	}
	if sent.picked, err = h.picked(c, person, sent); err != nil {
		return err
	}
	if fields := sent.faults(); len(fields) > 0 {
		said := problem.New(problem.Invalid, "The form has to be corrected.").At(fields...)
		return h.sendBulkForm(c, person, status(said), sent, said)
	}
	listing, err := h.whole.Whole(c.Request().Context(), person)
	if err != nil {
		return h.bulkFormAgain(c, person, sent, err)
	}
	return h.reviewed(c, person, listing, sent.asked(), sent)
}

// bulkFormAgain shows the form with what was typed where Graph could not be read; another problem leaves as it is.
func (h *bulkPages) bulkFormAgain(c echo.Context, person *session.Person, sent bulkForm, err error) error {
	said, is := errors.AsType[problem.Problem](err)
	if !is || said.Kind() != problem.Unavailable {
		return err
	}
	h.logProblem(c, said)
	return h.sendBulkForm(c, person, retryLater(c, said), sent, said)
}

// reviewed holds what is asked against the list, keeps what comes of it, and shows it.
func (h *bulkPages) reviewed(c echo.Context, person *session.Person, listing inventory.Listing, asked bulk.Asked, sent bulkForm) error {
	open, err := h.edits.OpenEdits(c.Request().Context())
	if err != nil {
		return err
	}
	plan := bulk.Review(listing.Connectors, bulk.Standing{InDoubt: open}, asked)
	if sent.review, err = h.reviews.KeepReview(c.Request().Context(), person.Actor(), plan); err != nil {
		return err
	}
	sent.picked = nil // all that would change are ticked at first
	for _, row := range plan.Rows {
		if row.Verdict == bulk.ToChange {
			sent.picked = append(sent.picked, row.ID)
		}
	}
	model := h.reviewModel(c, person, plan, sent)
	model.Read = listing.At
	return h.sendReview(c, person, http.StatusOK, model)
}

// turnPage shows another page of a kept review.
func (h *bulkPages) turnPage(c echo.Context, person *session.Person, sent bulkForm) error {
	plan, kept, err := h.reviews.FindReview(c.Request().Context(), person.Actor(), sent.review)
	if err != nil {
		return err
	}
	if !kept {
		return h.reviewGone(c, person, sent)
	}
	if sent.what == connectors.KeptWhat {
		sent = sentAnew(plan, sent)
	}
	return h.sendReview(c, person, http.StatusOK, h.reviewModel(c, person, plan, sent))
}

// sentAnew is the form that led to a review, as far as the review tells: everything ticked, and what all rows ask for, if they agree.
func sentAnew(plan bulk.Plan, sent bulkForm) bulkForm {
	agree := true
	for _, row := range plan.Rows {
		if row.Verdict == bulk.ToChange {
			sent.picked = append(sent.picked, row.ID)
		}
		for _, field := range row.Fields {
			value, set := sent.values[field.Name]
			agree = agree && (!set || value == field.Requested.Text())
			sent.set[field.Name], sent.values[field.Name] = true, field.Requested.Text()
		}
	}
	if !agree || plan.Reverts != "" {
		sent.set, sent.values = nil, nil
	}
	return sent
}

// reviewModel is a page of a review: first what will change, then what will not, in the plan's order.
func (h *bulkPages) reviewModel(c echo.Context, person *session.Person, plan bulk.Plan, sent bulkForm) bulkviews.Review {
	model := bulkviews.Review{
		Wish: wishOf(plan, sent), ID: sent.review, Count: map[string]int{}, Reason: sent.reason,
		RequireReason: h.RequireReason, Rate: h.BulkRate, Token: person.FormToken(), Now: h.now(),
	}
	for _, verdict := range bulk.Verdicts() {
		model.Count[string(verdict)] = plan.Count(verdict)
	}
	rows := slices.Clone(plan.Rows)
	slices.SortStableFunc(rows, func(a, b bulk.PlanRow) int { return rank(a) - rank(b) })
	model.Pages = max(1, (len(rows)+bulkviews.RowsAPage-1)/bulkviews.RowsAPage)
	model.Page = min(max(sent.page, 1), model.Pages)
	from := (model.Page - 1) * bulkviews.RowsAPage
	to := min(from+bulkviews.RowsAPage, len(rows))
	ticked := map[string]bool{}
	for _, id := range sent.picked {
		ticked[connector.Key(id)] = true
	}
	for i, row := range rows {
		switch {
		case i >= from && i < to:
			model.Rows = append(model.Rows, h.reviewRow(row, ticked[connector.Key(row.ID)]))
		case row.Verdict == bulk.ToChange && ticked[connector.Key(row.ID)]:
			model.Elsewhere = append(model.Elsewhere, row.ID)
		}
	}
	h.nameMissing(c, person, model.Rows)
	return model
}

// rank puts what will change first.
func rank(row bulk.PlanRow) int {
	if row.Verdict == bulk.ToChange {
		return 0
	}
	return 1
}

func wishOf(plan bulk.Plan, sent bulkForm) bulkviews.Wish {
	wish := bulkviews.Wish{SyncType: plan.SyncType, Reverts: plan.Reverts, Ticked: sent.set, Values: sent.values, Passed: sent.passed}
	wish.FromFile = plan.SyncType == "" && plan.Reverts == "" && len(sent.set) == 0
	return wish
}

func (h *bulkPages) reviewRow(row bulk.PlanRow, ticked bool) bulkviews.ReviewRow {
	shown := bulkviews.ReviewRow{
		ID: row.ID, Name: row.Shown.Name(), Verdict: string(row.Verdict), Fields: row.Fields, Ticked: ticked,
	}
	if row.Verdict != bulk.Missing {
		shown.Health = h.Retirement.Health(row.Shown, h.now())
	}
	for _, fault := range row.Faults {
		property, _ := connector.Lookup(fault.Field)
		shown.Faults = append(shown.Faults, property.Label+": "+fault.Message)
	}
	return shown
}

// nameMissing names what the list does not have as it was seen last, and says for what a row in doubt waits.
func (h *bulkPages) nameMissing(c echo.Context, person *session.Person, rows []bulkviews.ReviewRow) {
	var ids []string
	for _, row := range rows {
		if row.Verdict == bulkviews.Missing {
			ids = append(ids, row.ID)
		}
	}
	known := h.names(c, person, ids...)
	for i, row := range rows {
		switch row.Verdict {
		case bulkviews.Missing:
			rows[i].Name = nameOr(known, row.ID)
		case bulkviews.InDoubt:
			if open := h.openChange(c, row.ID); open != nil {
				rows[i].Change = open.ID
			}
		}
	}
}

func (h *bulkPages) sendReview(c echo.Context, person *session.Person, status int, model bulkviews.Review) error {
	return h.send(c, person, page{
		status: status, quotes: status >= http.StatusInternalServerError, title: model.Title(), fragment: bulkviews.ReviewContent(model),
		current: "/connectors", crumbs: bulkCrumbs("Preview"),
	})
}

// reviewGone says that a review is not kept any more, and leads to another one.
func (h *bulkPages) reviewGone(c echo.Context, person *session.Person, sent bulkForm) error {
	model := bulkviews.NotBegun{
		Wish:   bulkviews.Wish{SyncType: sent.syncType, Ticked: sent.set, Values: sent.values},
		Picked: sent.picked, Reason: sent.reason, Token: person.FormToken(),
	}
	model.Again = len(sent.picked) > 0 && (len(sent.set) > 0 || sent.syncType != "")
	if run, err := plainUUID(sent.reverts); err == nil {
		model.Reverts, model.Again = run, true
	}
	return h.send(c, person, page{
		status: http.StatusConflict, title: model.Title(), fragment: bulkviews.NotStarted(model),
		current: "/connectors", crumbs: bulkCrumbs("Preview"),
	})
}

// start makes a run of a review and leads to it.
func (h *bulkPages) start(c echo.Context, person *session.Person) error {
	sent, err := readBulkForm(sentForm(c))
	if err != nil {
		return err
	}
	if sent.review, err = plainUUID(sent.review); err != nil {
		return problem.New(problem.BadRequest, "A part of this form that the page hides did not arrive.").
			Saying("Nothing was sent to Graph.").Advising(openAgain)
	}
	ctx := c.Request().Context()
	if person, err = person.Confirmed(ctx); err != nil {
		return err
	}
	how, run, err := h.reviews.Start(ctx, person.Actor(), bulk.Order{Review: sent.review, Ticked: sent.picked, Reason: sent.reason})
	said, is := errors.AsType[problem.Problem](err)
	switch {
	case is && (said.Kind() == problem.Invalid || said.Kind() == problem.Unavailable):
		return h.notStarted(c, person, sent, said, "")
	case err != nil:
		return err
	case how == bulk.ReviewGone:
		return h.reviewGone(c, person, sent)
	case how == bulk.OpenRun:
		said = problem.New(problem.Conflict, "A run of yours has not ended yet.").Saying("Nothing of this one has been sent.").
			Advising("One run at a time: wait until it is done, or stop it, and apply this preview then. It is kept for an hour.")
		return h.notStarted(c, person, sent, said, run.ID)
	case how == bulk.NothingToDo:
		said = problem.New(problem.Conflict, "No connector is ticked that would change.").Saying("Nothing was sent to Graph.").Advising("Tick at least one.")
		return h.notStarted(c, person, sent, said, "")
	}
	return c.Redirect(http.StatusSeeOther, links.RunURL(run.ID))
}

// notStarted shows the review with its ticks and why no run began.
func (h *bulkPages) notStarted(c echo.Context, person *session.Person, sent bulkForm, said problem.Problem, open string) error {
	plan, kept, err := h.reviews.FindReview(c.Request().Context(), person.Actor(), sent.review)
	if err != nil {
		return err
	}
	if !kept {
		return h.reviewGone(c, person, sent)
	}
	h.logProblem(c, said)
	model := h.reviewModel(c, person, plan, sent)
	model.Problem, model.Open = said, open
	return h.sendReview(c, person, retryLater(c, said), model)
}
