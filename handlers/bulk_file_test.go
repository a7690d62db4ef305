package handlers_test

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database/databasetest"
	"switchboard/simulator"
	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// sendFile posts a form with a file, as a browser does.
func (v *visitor) sendFile(file []byte, fields ...string) page {
	v.site.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		check(v.site.t, form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile("file", "connectors.csv")
	check(v.site.t, err)
	_, err = part.Write(file)
	check(v.site.t, err)
	check(v.site.t, form.Close())
	request, err := http.NewRequest("POST", v.site.url.String()+"/bulk/import", &body)
	check(v.site.t, err)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Content-Type", form.FormDataContentType())
	return v.send(request)
}

// TestExportsComeBack: the list's own export asks for nothing; edited, it asks for just that.
func TestExportsComeBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	token := maya.token()
	contains(t, maya.get("/bulk/import"), `enctype="multipart/form-data"`, `name="set.status"`, `name="file"`)
	export := maya.get("/connectors.csv").body
	same := maya.sendFile([]byte(export), "token", token)
	equal(t, "the status", same.status, http.StatusOK)
	equal(t, "rows that would change", strings.Count(same.body, `data-verdict="change"`), 0)
	contains(t, same, "Nothing would change.", "lastSyncDateTime and status")
	all := maya.sendFile([]byte(export), "token", token, "set.lastSyncDateTime", "on", "set.status", "on")
	equal(t, "rows that would change with all of it", strings.Count(all.body, `data-verdict="change"`), 0)

	excel, edited := bytes.NewBufferString("\ufeff"), 0
	writer := csv.NewWriter(excel)
	writer.Comma, writer.UseCRLF = ';', true
	for _, row := range maya.get("/connectors.csv").sheet() {
		if row[9] == "Contoso UK" {
			row[9] = "'=Contoso UK"
			edited++
		}
		check(t, writer.Write(row))
	}
	writer.Flush()
	changed := maya.sendFile(excel.Bytes(), "token", token)
	equal(t, "rows that would change", strings.Count(changed.body, `data-verdict="change"`), edited)
	contains(t, changed, `data-row="`+simulator.ID("hosted-uk")+`" data-verdict="change"`, "=Contoso UK")
	lacks(t, changed, "&#39;=Contoso UK")
	form := changed.form("/bulk")
	equal(t, "a reason that nobody gave", form.Get("reason"), "")
	form = maya.sendFile(excel.Bytes(), "token", token, "reason", "from the sheet").form("/bulk")
	equal(t, "a reason that came with the file", form.Get("reason"), "from the sheet")
	equal(t, "the start", maya.post("/bulk", form).status, http.StatusSeeOther)
}

// TestFilesAreChecked: each fault is shown with its place, and nothing is begun.
func TestFilesAreChecked(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	token := maya.token()
	broken, err := filepath.Glob("../internal/bulk/sheet/testdata/broken/*")
	check(t, err)
	equal(t, "that there are a dozen", len(broken) >= 12, true)
	for _, name := range broken {
		file, err := os.ReadFile(name)
		check(t, err)
		refused := maya.sendFile(file, "token", token)
		equal(t, name, refused.status, http.StatusUnprocessableEntity)
		contains(t, refused, `class="file-faults"`, `role="alert"`, `<input class="form-control" id="file" type="file"`)
	}
	unknown := maya.sendFile([]byte("version,id\n1,"+simulator.ID("s2s-na")+"\n2,c0ffee00-0000-4000-8000-000000000001\n"), "token", token)
	equal(t, "an id that nobody has", unknown.status, http.StatusUnprocessableEntity)
	contains(t, unknown, "Line 3, column 2 (id)", "No connector has this id.")
	large := maya.sendFile(bytes.Repeat([]byte("x"), 1_000_001), "token", token)
	equal(t, "a byte too many", large.status, http.StatusUnprocessableEntity)
	contains(t, large, "1,000,000")
	equal(t, "far too large", maya.sendFile(bytes.Repeat([]byte("x"), 5<<20), "token", token).status, http.StatusRequestEntityTooLarge)
	file := []byte("id,version\n" + simulator.ID("s2s-na") + ",1\n")
	equal(t, "a forged form", maya.sendFile(file, "token", "x").status, http.StatusForbidden)
	equal(t, "a field that comes twice", maya.sendFile(file, "token", token, "set.status", "on", "set.status", "on").status, http.StatusBadRequest)
	equal(t, "a field of no form", maya.sendFile(file, "token", token, "nobody", "knows").status, http.StatusBadRequest)
	equal(t, "no file", maya.post("/bulk/import", maya.ticks()).status, http.StatusUnprocessableEntity)
	invalid := maya.sendFile([]byte("id,exchangeConnectorType\n"+simulator.ID("s2s-na")+",other\n"), "token", token)
	contains(t, invalid, `data-verdict="refused"`, "Choose one of")
	equal(t, "a helpdesk person", s.person("tom").sendFile(file, "token", "x").status, http.StatusForbidden)
}

// TestAllFaultsOfAFile are shown at once, whether the file alone shows them or only the list does; a list that cannot be read hides none.
func TestAllFaultsOfAFile(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	file := []byte("id,version\n" + simulator.ID("s2s-na") + ",1\nc0ffee00-0000-4000-8000-000000000001,2\n" + strings.ToUpper(simulator.ID("s2s-na")) + ",3\n")
	refused := maya.sendFile(file, "token", maya.token())
	equal(t, "the status", refused.status, http.StatusUnprocessableEntity)
	contains(t, refused, "The file has 2 errors.", "Line 3, column 1 (id)", "No connector has this id.", "Line 4, column 1 (id)", "stands in line 2 already")
	equal(t, "their order", strings.Index(refused.body, "Line 3,") < strings.Index(refused.body, "Line 4,"), true)
	s.tenant.Faults.Always("GET "+graph.Collection, faults.Status(http.StatusInternalServerError, "application/json", "{}"))
	refused = maya.sendFile(file, "token", maya.token())
	equal(t, "the status while Graph fails", refused.status, http.StatusUnprocessableEntity)
	contains(t, refused, "Line 4, column 1 (id)")
}

// TestNoFileWasChosen: a browser sends a file without a name and with nothing in it.
func TestNoFileWasChosen(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t))
	maya := s.person("maya")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	check(t, form.WriteField("token", maya.token()))
	check(t, form.WriteField("set.status", "on"))
	_, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename=""`}, "Content-Type": {"application/octet-stream"},
	})
	check(t, err)
	check(t, form.Close())
	request, err := http.NewRequest("POST", s.url.String()+"/bulk/import", &body)
	check(t, err)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Content-Type", form.FormDataContentType())
	again := maya.send(request)
	equal(t, "the status", again.status, http.StatusUnprocessableEntity)
	contains(t, again, "No file was chosen.", `id="file" type="file"`)
}

// TestManyRowsOfAFile are reviewed page by page; a tick that was taken away on one stays away on the others.
func TestManyRowsOfAFile(t *testing.T) {
	t.Parallel()
	s := newSite(t, databasetest.SQLite(t), func(set *setting) { set.tenant.Connectors = simulator.Many(time.Now(), 260) })
	maya := s.person("maya")
	export := maya.get("/connectors.csv").sheet()
	var file strings.Builder
	file.WriteString("id;version\r\n")
	for _, row := range export[1:] {
		file.WriteString(row[0] + ";99.1\r\n")
	}
	first := maya.sendFile([]byte(file.String()), "token", maya.token())
	equal(t, "rows of the first page", strings.Count(first.body, `data-verdict=`), 100)
	form := first.form("/bulk")
	for name := range form {
		if strings.HasPrefix(name, "pick.") && strings.Contains(first.body, `type="checkbox" name="`+name+`"`) {
			form.Del(name)
		}
	}
	form.Set("page", "2")
	second := maya.post("/bulk/review", form)
	equal(t, "the second page", second.status, http.StatusOK)
	ticked := 0
	form = second.form("/bulk")
	for name := range form {
		if strings.HasPrefix(name, "pick.") {
			ticked++
		}
	}
	equal(t, "what is ticked by now", ticked, len(export)-1-100)
	form.Set("reason", "a new agent")
	run := maya.post("/bulk", form).header.Get("Location")
	_, counts := maya.get(run).counts()
	equal(t, "rows of the run", counts[0], ticked)
	equal(t, "rows of its last page", strings.Count(maya.get(run+"?page=99").body, "data-outcome="), ticked%100)
	equal(t, "rows that are applied", strings.Count(maya.get(run+"?show=applied").body, "data-outcome="), 0)
}
