module example.com/cache-miss

go 1.22
