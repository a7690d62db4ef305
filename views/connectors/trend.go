package connectors

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/connector"
	"switchboard/views/components"
)

// trendDays is how many days the trend has, today's included.
const trendDays = 30

// Day is how the connectors were on a day, when somebody read it last.
type Day struct {
	// At is when that was; on a day on which nobody looked it is the day's beginning.
	At time.Time
	// Counts is nil where nobody looked.
	Counts Counts
}

// Trend is a day each, the oldest first, without a gap; none where no earlier day is remembered.
type Trend []Day

// TrendFrom is the beginning of the trend's first day.
func TrendFrom(now time.Time) time.Time { return dayOf(now).AddDate(0, 0, 1-trendDays) }

func dayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// TrendOf puts the days on which somebody looked, the oldest first, among those on which nobody did. Of two of one day the later
// counts.
func TrendOf(seen []Day, now time.Time) Trend {
	trend, first := make(Trend, trendDays), TrendFrom(now)
	if !slices.ContainsFunc(seen, func(day Day) bool { return day.At.Before(dayOf(now)) }) {
		return nil
	}
	for i := range trend {
		trend[i].At = first.AddDate(0, 0, i)
	}
	for _, day := range seen {
		if place := int(dayOf(day.At).Sub(first) / (24 * time.Hour)); place >= 0 && place < trendDays {
			trend[place] = day
		}
	}
	return trend
}

// looked says whether somebody did.
func (d Day) looked() bool { return d.Counts != nil }

// troubles are the healths that need somebody, the worst first.
func troubles() []connector.Health {
	return []connector.Health{connector.Broken, connector.Late, connector.Pending}
}

// trouble is how many connectors needed somebody.
func (d Day) trouble() int {
	sum := 0
	for _, health := range troubles() {
		sum += d.Counts[health]
	}
	return sum
}

// drawn are the troubles that the trend has, for its key.
func (t Trend) drawn() (healths []connector.Health) {
	for _, health := range troubles() {
		if slices.ContainsFunc(t, func(day Day) bool { return day.Counts[health] > 0 }) {
			healths = append(healths, health)
		}
	}
	return healths
}

// gaps is on how many days nobody looked.
func (t Trend) gaps() int {
	gaps := 0
	for _, day := range t {
		if !day.looked() {
			gaps++
		}
	}
	return gaps
}

// yesterday is the day before the last; ok is false where nobody looked on it.
func (t Trend) yesterday() (day Day, ok bool) {
	if len(t) < 2 {
		return Day{}, false
	}
	day = t[len(t)-2]
	return day, day.looked()
}

// most is the top of the scale.
func (t Trend) most() int {
	most := 4
	for _, day := range t {
		most = max(most, day.trouble())
	}
	return most
}

// said is what the picture shows, for those who do not see it.
func (t Trend) said() string {
	if len(t) == 0 {
		return ""
	}
	least, most := -1, 0
	for _, day := range t {
		if day.looked() {
			most = max(most, day.trouble())
			if least < 0 || day.trouble() < least {
				least = day.trouble()
			}
		}
	}
	text := "On each day between " + connector.Thousands(max(0, least)) + " and " + connector.Thousands(most) + " connectors needed someone"
	if least == most {
		text = "On each day " + components.Count(most, "connector", "connectors") + " needed someone"
	}
	return text + ", " + components.Count(t[len(t)-1].trouble(), "does", "do") + " today. " + t.unseen()
}

// unseen says on how many days nobody looked.
func (t Trend) unseen() string {
	if gaps := t.gaps(); gaps > 0 {
		return "On " + components.Count(gaps, "day", "days") + " nobody looked."
	}
	return "Somebody looked on every day."
}

// What the picture measures, in its own units: a column a day, its bar narrower than itself.
const (
	columnWidth = 20
	barWidth    = 14
	trendHeight = 72
	calmHeight  = 3
)

func (t Trend) viewBox() string {
	return "0 0 " + strconv.Itoa(columnWidth*len(t)) + " " + strconv.Itoa(trendHeight)
}

// bar is a part of a day's column: its outline as a path has it.
type bar struct {
	outline string
	tone    components.Tone
}

// bars are the parts of the column of the day at that place: one for each trouble, the worst at the bottom, or a line where
// nothing needed anybody.
func (t Trend) bars(place int) (bars []bar) {
	day, bottom := t[place], float64(trendHeight)
	add := func(height float64, tone components.Tone) {
		bottom -= height
		bars = append(bars, bar{box(barAt(place), bottom, barWidth, height), tone})
	}
	if day.trouble() == 0 {
		add(calmHeight, components.Good)
		return bars
	}
	for _, health := range troubles() {
		if n := day.Counts[health]; n > 0 {
			add(float64(n)/float64(t.most())*trendHeight, components.HealthTone(health))
		}
	}
	return bars
}

// column is the outline of the whole column of that place, and whole that of a bar as high as the picture.
func (t Trend) column(place int) string { return box(place*columnWidth, 0, columnWidth, trendHeight) }
func (t Trend) whole(place int) string  { return box(barAt(place), 0, barWidth, trendHeight) }

// barAt is where the bar of that place begins.
func barAt(place int) int { return place*columnWidth + (columnWidth-barWidth)/2 }

// box is the outline of a rectangle: the last side is drawn by itself.
func box(x int, y float64, width int, height float64) string {
	across := strconv.Itoa(width)
	return "M" + strconv.Itoa(x) + " " + units(y) + "h" + across + "v" + units(height) + "h-" + across
}

func units(length float64) string { return strconv.FormatFloat(math.Round(length*10)/10, 'f', -1, 64) }

// words says how a day was: "Sat 21 Nov: 2 newly broken, 1 late".
func (d Day) words() string {
	name := d.name() + ": "
	if !d.looked() {
		return name + "nobody looked"
	}
	var parts []string
	for _, health := range troubles() {
		if n := d.Counts[health]; n > 0 {
			parts = append(parts, connector.Thousands(n)+" "+strings.ToLower(components.HealthShort(health)))
		}
	}
	if parts == nil {
		return name + "nothing needed anybody"
	}
	return name + strings.Join(parts, ", ")
}

func (d Day) name() string { return d.At.UTC().Format("Mon 2 Jan") }

// newest are the days, the newest first, as the table has them.
func (t Trend) newest() []Day {
	days := slices.Clone([]Day(t))
	slices.Reverse(days)
	return days
}
