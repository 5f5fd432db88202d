module example.com/store-save

go 1.22
