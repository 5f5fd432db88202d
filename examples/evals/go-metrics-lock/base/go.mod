module example.com/metrics-lock

go 1.22
