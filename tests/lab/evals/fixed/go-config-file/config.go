package config

import (
	"encoding/json"
	"fmt"
	"os"
)

// Config is how the server runs.
type Config struct {
	Address string `json:"address"`
	Workers int    `json:"workers"`
}

// Load gives the settings: the defaults, and what the file named in CONFIG says.
func Load() (Config, error) {
	config := Config{Address: ":8080", Workers: 4}
	if path := os.Getenv("CONFIG"); path != "" {
		var err error
		config, err = read(path, config)
		if err != nil {
			return config, fmt.Errorf("reading %s: %w", path, err)
		}
	}
	return config, nil
}

func read(path string, config Config) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return config, err
	}
	err = json.Unmarshal(data, &config)
	return config, err
}
