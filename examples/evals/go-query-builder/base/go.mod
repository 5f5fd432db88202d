module example.com/query-builder

go 1.22
