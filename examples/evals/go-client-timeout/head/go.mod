module example.com/client-timeout

go 1.22
