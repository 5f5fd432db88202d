class Disk:
    def persist(self, name):
        return name


class Own(Disk):
    def persist(self, name):
        return name * 2
