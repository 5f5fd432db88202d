module example.com/level-table

go 1.22
