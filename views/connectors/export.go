package connectors

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"time"

	"switchboard/internal/connector"
)

// unreadableHealth stands in an export in the place of a health that nobody can tell.
const unreadableHealth = "unreadable"

// CSV is rows for a spreadsheet. It begins with a byte order mark, without which Excel takes UTF-8 for something else. Null and
// an empty text look the same, and what a spreadsheet would compute begins with an apostrophe; JSON has all of it as it is.
func CSV(rows []Row) ([]byte, error) {
	var file bytes.Buffer
	file.WriteString("\ufeff")
	var header []string
	for _, property := range tenProperties {
		header = append(header, property.Name)
	}
	if err := writeRecord(&file, append(header, "health", "name")); err != nil {
		return nil, err
	}
	for _, row := range rows {
		exported := exportedRow(row)
		var cells []string
		for _, property := range tenProperties {
			cells = append(cells, connector.Inert(exported.part.Value(property.Name).Text()))
		}
		if err := writeRecord(&file, append(cells, exported.health, connector.Inert(exported.name))); err != nil {
			return nil, err
		}
	}
	return file.Bytes(), nil
}

// writeRecord ends it with RFC 4180's CRLF. csv's own UseCRLF would change the line breaks inside of values, too.
func writeRecord(file *bytes.Buffer, cells []string) error {
	writer := csv.NewWriter(file)
	if err := writer.Write(cells); err != nil {
		return err
	}
	writer.Flush()
	file.Truncate(file.Len() - 1)
	file.WriteString("\r\n")
	return writer.Error()
}

// exported is what leaves of a row: of one that cannot be read no more than its id.
type exported struct {
	part         connector.Connector
	health, name string
}

func exportedRow(row Row) exported {
	if row.Unreadable() {
		only := map[string]connector.Value{connector.ID: row.Connector.Value(connector.ID)}
		return exported{connector.New(only), unreadableHealth, ""}
	}
	return exported{row.Connector, string(row.Health), row.Connector.Name().String()}
}

// JSON is rows as Graph sent them, null kept, and when they were read.
func JSON(rows []Row, read time.Time) ([]byte, error) {
	var file bytes.Buffer
	file.WriteString(`{"readAt":"` + read.UTC().Format(time.RFC3339Nano) + `","connectors":[`)
	for i, row := range rows {
		if i > 0 {
			file.WriteByte(',')
		}
		file.WriteString("\n")
		if err := exportedRow(row).writeTo(&file); err != nil {
			return nil, err
		}
	}
	file.WriteString("\n]}\n")
	return file.Bytes(), nil
}

// writeTo writes the members in the order of Graph's reference page, health and name last.
func (e exported) writeTo(file *bytes.Buffer) error {
	file.WriteByte('{')
	for _, property := range tenProperties {
		if err := writeMember(file, property.Name, e.part.Value(property.Name)); err != nil {
			return err
		}
		file.WriteByte(',')
	}
	if err := writeMember(file, "health", e.health); err != nil {
		return err
	}
	file.WriteByte(',')
	if err := writeMember(file, "name", e.name); err != nil {
		return err
	}
	file.WriteByte('}')
	return nil
}

func writeMember(file *bytes.Buffer, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	file.WriteString(`"` + name + `":`)
	file.Write(text)
	return nil
}
