package price

func Format(cents int) string {
	return ""
}
