package handlers

import "switchboard/internal/access"

// Row is a row of the table of routes, for the tests.
type Row struct {
	Method, Path string
	Needs        access.Permission
}

// Table is the table of routes.
func Table() []Row {
	var rows []Row
	for _, row := range (subjects{signin: &signInPages{}}).routes() {
		rows = append(rows, Row{row.method, row.path, row.needs})
	}
	return rows
}
