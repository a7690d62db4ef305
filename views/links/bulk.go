package links

import "net/url"

// The addresses of a bulk edit's way: its review, its start, and the form that takes a file.
const (
	BulkReviewURL = "/bulk/review"
	BulkURL       = "/bulk"
	ImportURL     = "/bulk/import"
)

// RunURL is the address of a run, RunCSVURL of its result as a file.
func RunURL(id string) string    { return "/bulk/" + url.PathEscape(id) }
func RunCSVURL(id string) string { return RunURL(id) + ".csv" }

// RunPauseURL, RunResumeURL and RunStopURL do that to a run, RunRevertURL reviews what puts back what it applied.
func RunPauseURL(id string) string  { return RunURL(id) + "/pause" }
func RunResumeURL(id string) string { return RunURL(id) + "/resume" }
func RunStopURL(id string) string   { return RunURL(id) + "/stop" }
func RunRevertURL(id string) string { return RunURL(id) + "/revert" }
