package sheet

import (
	"bytes"
	"unicode/utf8"

	"switchboard/internal/connector"
)

const byteOrderMark = "\ufeff"

// saveAs is how a spreadsheet makes a file that can be read.
const saveAs = "In Excel, save it as “CSV UTF-8 (Comma delimited)”; in LibreOffice, as Text CSV with the character set Unicode (UTF-8)."

// unreadable says why a file is no text in UTF-8.
func unreadable(file []byte) []Fault {
	begins := func(signs string) bool { return bytes.HasPrefix(file, []byte(signs)) }
	message := ""
	switch {
	case len(file) > MostBytes:
		message = "This file has " + connector.Thousands(len(file)) + " bytes or more, and at most " + connector.Thousands(MostBytes) +
			" are taken. Take out the rows and columns that stay as they are."
	case begins("PK\x03\x04"), begins("\xd0\xcf\x11\xe0"):
		message = "This is a workbook and not a CSV file. " + saveAs
	case begins("\xff\xfe"), begins("\xfe\xff"), bytes.ContainsRune(file[:min(len(file), 1<<10)], 0):
		message = "This file is in UTF-16, which Excel calls Unicode Text. " + saveAs
	}
	if message != "" {
		return []Fault{{Message: message}}
	}
	for place := 0; place < len(file); {
		r, size := utf8.DecodeRune(file[place:])
		if r == utf8.RuneError && size == 1 {
			line := 1 + bytes.Count(file[:place], []byte("\n"))
			before := file[1+bytes.LastIndexByte(file[:place], '\n') : place]
			comma, _ := separator(file)
			return []Fault{{Line: line, Column: cellsIn(before, comma), Message: "This cell has a letter that is not UTF-8: the file is in the older encoding of one country. " + saveAs}}
		}
		place += size
	}
	return nil
}
