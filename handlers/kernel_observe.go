package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
)

// eventsPath is where pages listen, for as long as they are open: how long an answer there took says nothing.
const eventsPath = "/events"

// readyWithin bounds the question to the database.
const readyWithin = 2 * time.Second

// follower follows a request with that id, in the context that it returns, until its end is told.
type follower = func(r *http.Request, id string) (ctx context.Context, ended func(method, route string, status int))

// metrics counts what the site answers, and follows it.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	follower follower
}

func newMetrics(registry prometheus.Registerer, follower follower, writable func(context.Context) error) *metrics {
	m := &metrics{
		follower: follower,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchboard_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "switchboard_http_request_duration_seconds", Help: "How long requests took to answer, by route, method and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "method", "status"}),
	}
	registry.MustRegister(m.requests, m.duration, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "switchboard_audit_writable", Help: "1 while lines can be added to the change record and be read, else 0.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
		defer cancel()
		if writable(ctx) != nil {
			return 0
		}
		return 1
	}))
	return m
}

func (m *metrics) count(route, method string, status int, took time.Duration) {
	labels := []string{route, method, strconv.Itoa(status)}
	m.requests.WithLabelValues(labels...).Inc()
	if route != eventsPath {
		m.duration.WithLabelValues(labels...).Observe(took.Seconds())
	}
}

// follow follows the request until its end is told, but for those that last as long as their page.
func (m *metrics) follow(r *http.Request, id string) (ctx context.Context, ended func(method, route string, status int)) {
	if m.follower == nil || r.URL.Path == eventsPath {
		return r.Context(), func(string, string, int) {}
	}
	return m.follower(r, id)
}

// observe gives the request its id, and logs and counts the answer. The log names the route and never the address asked
// for: a callback's address holds a code.
func (k *kernel) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := k.now()
		id := k.newID()
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		ctx, ended := k.metrics.follow(c.Request(), id)
		c.SetRequest(c.Request().WithContext(context.WithValue(ctx, requestIDKey{}, id)))
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := k.now().Sub(start)
		route, status := routeOf(c), c.Response().Status
		k.metrics.count(route, methodOf(c), status, took)
		ended(methodOf(c), route, status)
		k.logger.LogAttrs(c.Request().Context(), levelOf(route, status), "request",
			slog.String("method", c.Request().Method), slog.String("route", route), slog.Int("status", status),
			slog.Float64("took_ms", float64(took.Microseconds())/1000), slog.Int64("bytes", c.Response().Size), slog.String("client", c.RealIP()))
		return nil
	}
}

// levelOf keeps probes and files out of the ordinary log.
func levelOf(route string, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable:
		return slog.LevelError
	case route == "/healthz", route == "/readyz", route == "/static/*":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func routeOf(c echo.Context) string {
	if c.Path() == "" {
		return "none"
	}
	return c.Path()
}

// methodOf keeps invented methods from becoming labels.
func methodOf(c echo.Context) string {
	switch method := c.Request().Method; method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	}
	return "other"
}

// log writes lines about a request.
func (k *kernel) log(c echo.Context) *slog.Logger {
	return slog.New(bound{k.logger.Handler(), c.Request().Context()})
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// recover turns a panic into an answer, and its stack into a line of the log.
func (k *kernel) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			reason := recover()
			if reason == nil {
				return
			}
			if reason == http.ErrAbortHandler {
				panic(reason)
			}
			k.log(c).Error("panic", "reason", fmt.Sprint(reason), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", reason)
		}()
		return next(c)
	}
}

// smallest is the size in bytes from which an answer is compressed, at the cheapest level: 10 KB cost 13 µs and save a
// second TCP window. The form token is masked anew in every answer, so its length tells nothing (BREACH).
const smallest = 2 << 10

// compressed answers with gzip where the client takes it.
func compressed(site http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(smallest), gzhttp.CompressionLevel(1), gzhttp.ContentTypes([]string{"text/html", "text/plain"}))
	if err != nil {
		panic(err) // the options are constants
	}
	return wrap(site)
}
