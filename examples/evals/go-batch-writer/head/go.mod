module example.com/batch-writer

go 1.22
