module example.com/route-prefix

go 1.22
