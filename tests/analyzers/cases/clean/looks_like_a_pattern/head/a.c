int count(const char *s, size_t n)
{
	int bad, fd;
	for (size_t i = n; i-- > 0;)
		if (s[i] == 'a' || s[i] == 'b')
			bad = compare(s, i) < 0;
	while ((fd = next(s)) != -1 && !(flags(fd) & 4))
		bad = !bad & 1;
	return bad;
}
