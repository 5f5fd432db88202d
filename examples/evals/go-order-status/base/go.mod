module example.com/order-status

go 1.22
