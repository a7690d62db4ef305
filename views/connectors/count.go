package connectors

// CountEach is how many rows each of the filters finds. Each row is read once, however many filters search in it: this is done
// for the menu of every page.
func CountEach(rows []Row, filters []Filter) []int {
	searches, counts := make([]search, len(filters)), make([]int, len(filters))
	for i, filter := range filters {
		searches[i] = searchFor(filter.Query, rows)
	}
	for _, row := range rows {
		text := ""
		for i, filter := range filters {
			if filter.Health != "" && (row.Unreadable() || row.Health != filter.Health) || !filter.keeps(row) {
				continue
			}
			if text == "" && len(searches[i].words) > 0 {
				text = searched(row)
			}
			if searches[i].in(row, text) {
				counts[i]++
			}
		}
	}
	return counts
}
