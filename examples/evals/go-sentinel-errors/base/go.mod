module example.com/sentinel-errors

go 1.22
