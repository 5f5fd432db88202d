module example.com/csv-export

go 1.22
