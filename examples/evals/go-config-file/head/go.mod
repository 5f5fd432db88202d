module example.com/config-file

go 1.22
