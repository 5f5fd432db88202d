package client

const defaultTimeout = 30

// Default makes a client with the usual options.
func Default(host string) *Client {
	return New(Options{Host: host, Timeout: defaultTimeout})
}
