module gocheck

go 1.20
