package config

// Config is how the server runs.
type Config struct {
	Address string
	Workers int
}

// Load gives the settings.
func Load() (Config, error) {
	return Config{Address: ":8080", Workers: 4}, nil
}
