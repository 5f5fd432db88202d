class Row:
    def __init__(self, name, price):
        self.name = name
        self.price = price

    def __eq__(self, other):
        return (self.name, self.price) == (other.name, other.price)

    def __hash__(self):
        return hash((self.name, self.price))

    def rename(self, name):
        self.name = name


class Export:
    header = True

    def run(self, rows):
        if self.header:
            yield self.title()
        for row in rows:
            yield self.line(row)

    def title(self):
        return "name;price"

    def line(self, row):
        return f"{row.name};{row.price}"
