package handlers

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/problem"
)

// fileForms are the routes whose form brings a file, in the field of that name.
var fileForms = map[string]string{"/bulk/import": "file"}

// maxFileForm is the largest form with a file, in bytes: larger than any file that is taken, so that one that is too large is told so
// by its form.
const maxFileForm = 4 << 20

// fileKey is where a request's context keeps the file that the form brought.
const fileKey = "file"

// readFileForm reads a form with a file. As in any other form each field comes once.
func readFileForm(c echo.Context, field string) (url.Values, error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxFileForm)
	err := r.ParseMultipartForm(maxFileForm) // all of it in memory
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, problem.New(problem.TooLarge, "This file is too large.").Saying("Nothing was sent to Graph.").
			Advising("Go back, take out the rows and columns that stay as they are, and send it again.")
	case err != nil:
		return nil, problem.New(problem.BadRequest, "This form cannot be read.").Saying("Nothing was sent to Graph.").Advising(openAgain)
	}
	for name, files := range r.MultipartForm.File {
		if name != field || len(files) > 1 {
			return nil, problem.New(problem.BadRequest, "No form of Switchboard has such a file.").
				Saying("Nothing was sent to Graph.").Advising(openAgain)
		}
		content, err := content(files[0])
		if err != nil {
			return nil, problem.New(problem.BadRequest, "The file cannot be read.").Saying("Nothing was sent to Graph.").Advising(openAgain).Because(err)
		}
		c.Set(fileKey, content)
	}
	form := url.Values(r.MultipartForm.Value)
	if sent := form[field]; len(sent) == 1 && sent[0] == "" { // what a browser sends where no file was chosen: a file without a name
		form.Del(field)
	}
	return once(form)
}

func content(header *multipart.FileHeader) ([]byte, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// sentFile is the file that the form brought.
func sentFile(c echo.Context) ([]byte, bool) {
	file, there := c.Get(fileKey).([]byte)
	return file, there
}
