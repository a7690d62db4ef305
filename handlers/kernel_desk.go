package handlers

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/desk"
)

// DeskLooker tells what people have left for each other.
type DeskLooker interface {
	// Look is what lies there now; beside an error it is what was known before.
	Look(context.Context) (*desk.Board, error)
}

// leftKey is where a request keeps what people have left.
const leftKey = "left"

// lookWithin is how long a page waits for what people have left; it does without rather than to keep its reader waiting.
const lookWithin = 500 * time.Millisecond

// left is what people have left. It is read once a request, for its frame, its rows and its card alike.
func (k *kernel) left(c echo.Context) *desk.Board {
	if known, ok := c.Get(leftKey).(*desk.Board); ok {
		return known
	}
	looking, cancel := context.WithTimeout(c.Request().Context(), lookWithin)
	defer cancel()
	board, err := k.deskLooker.Look(looking)
	if err != nil {
		k.log(c).Warn("what people left could not be read", "error", err.Error())
	}
	c.Set(leftKey, board)
	return board
}

// leftAnew has the rest of the request read it again, since the request has added to it.
func (k *kernel) leftAnew(c echo.Context) { c.Set(leftKey, nil) }
