from shop.rows import Export


class Quiet(Export):
    header = None

    def line(self, row):
        return row.name
