package cart

import "example.com/app/price"

func Total() string {
	return price.Format(100)
}
