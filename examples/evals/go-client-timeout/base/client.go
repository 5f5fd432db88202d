package client

import "time"

// Options of a client. Timeout is in seconds.
type Options struct {
	Host    string
	Timeout int
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
	return now.Add(time.Duration(c.options.Timeout) * time.Second)
}
