package store

import "errors"

func Save(name string) error {
	if name == "" {
		return errors.New("no name")
	}
	println(name)
	return nil
}
