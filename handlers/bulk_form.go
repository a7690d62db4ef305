package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/bulk"
	"switchboard/internal/changes"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
	bulkviews "switchboard/views/bulk"
	"switchboard/views/connectors"
)

// bulkForm is one of the forms of a bulk edit as it was sent, whichever page showed it.
type bulkForm struct {
	// picked are the ids that are ticked; matches says that those are meant that the list finds by match.
	picked  []string
	matches bool
	match   string
	// set are the properties that are ticked, values what was typed.
	set    map[string]bool
	values map[string]string
	// what is bulkviews.SyncWhat where the form of a sync is asked for; syncType is the one chosen, there whether it was sent.
	what, syncType string
	reason         string
	// review is the id of a kept one, page the page of it that is asked for, 0 for none.
	review string
	page   int
	// reverts is the run that the review puts back; empty for none.
	reverts string
	// passed are the columns of a file that were not taken, as the review tells.
	passed []string
}

// syncs says whether the form asks for syncs.
func (f bulkForm) syncs() bool { return f.what == bulkviews.SyncWhat || f.syncType != "" }

// readBulkForm reads a form; a field that no form of ours has is refused.
func readBulkForm(form url.Values) (bulkForm, error) {
	read := bulkForm{set: map[string]bool{}, values: map[string]string{}, picked: connectors.Picked(form)}
	for name := range form {
		if !read.take(name, form.Get(name)) {
			return bulkForm{}, problem.New(problem.BadRequest, "No form of Switchboard has the field "+name+".").
				Saying("Nothing was sent to Graph.").Advising(openAgain)
		}
	}
	return read, nil
}

// take reads one field; false says that no form has it.
func (f *bulkForm) take(name, value string) bool {
	property, isSet := strings.CutPrefix(name, bulkviews.SetPrefix)
	switch {
	case name == tokenField, name == connectors.PicksField, strings.HasPrefix(name, connectors.PickPrefix):
	case isSet && editable(property):
		f.set[property] = true
	case editable(name):
		f.values[name] = value
	case name == reasonField:
		f.reason = strings.ReplaceAll(value, "\r\n", "\n")
	case name == bulkviews.MatchField:
		f.matches, f.match = true, value
	case name == bulkviews.WhatField:
		f.what = value
	case name == bulkviews.SyncField:
		f.syncType = value
	case name == bulkviews.ReviewField:
		f.review = value
	case name == bulkviews.RevertsField:
		f.reverts = value
	case name == bulkviews.PassedField:
		f.passed = strings.Fields(value)
	case name == bulkviews.PageField:
		f.page, _ = strconv.Atoi(value)
		f.page = max(f.page, 1)
	default:
		return false
	}
	return true
}

// matchOf is the list's query in a form: its parameters as an address has them. Another parameter than the list's finds nothing that
// anybody has seen.
func matchOf(text string) (connectors.Filter, error) {
	query, err := url.ParseQuery(strings.TrimPrefix(text, "?"))
	odd := err != nil
	for name, values := range query {
		odd = odd || !slices.Contains(connectors.Parameters, name) || len(values) > 1
	}
	if odd {
		return connectors.Filter{}, problem.New(problem.Invalid, "The list cannot be filtered so.").Saying("Nothing was sent to Graph.").
			Advising("Filter the list as you want it, and pick from there.")
	}
	return connectors.ReadFilter(query), nil
}

// asked is what the form wants of the connectors that are picked.
func (f bulkForm) asked() bulk.Asked {
	asked := bulk.Asked{IDs: f.picked, SyncType: f.syncType, Set: map[string]string{}}
	for name := range f.set {
		asked.Set[name] = f.values[name]
	}
	return asked
}

// faults are what is wrong with the form, whatever the connectors hold. A reason may still be missing: the review asks again.
func (f bulkForm) faults() (fields []problem.Field) {
	add := func(name, message string) { fields = append(fields, problem.Field{Name: name, Message: message}) }
	switch {
	case f.syncs() && len(f.set) > 0:
		add(bulkviews.SyncField, "A run asks for syncs or edits, and not for both. Open the form again.")
	case f.syncs() && !slices.Contains(changes.SyncTypes(), f.syncType):
		add(bulkviews.SyncField, "Choose one of the two kinds.")
	case !f.syncs() && len(f.set) == 0:
		add(bulkviews.WhatField, "Tick at least one that shall change.")
	}
	for _, fault := range f.asked().Faults() {
		add(fault.Field, fault.Message)
	}
	for _, fault := range (connector.Edit{Reason: f.reason}).FieldErrors() {
		add(fault.Field, fault.Message)
	}
	return fields
}
