package client

import "time"

// Options of a client. A request takes no longer than Timeout.
type Options struct {
	Host    string
	Timeout time.Duration
}

// Client waits for answers until the deadline.
type Client struct {
	options Options
}

// New makes a client.
func New(options Options) *Client {
	return &Client{options}
}

// Deadline is when a request that starts now ends.
func (c *Client) Deadline(now time.Time) time.Time {
	return now.Add(c.options.Timeout)
}

// Remaining is how long a request that started then may still take.
func (c *Client) Remaining(started, now time.Time) time.Duration {
	return c.Deadline(started).Sub(now)
}
