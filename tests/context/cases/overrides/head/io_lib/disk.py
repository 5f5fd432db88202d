from .base import Backend


class Disk(Backend):
    def persist(self, name, data):
        with open(name, "wb") as file:
            return file.write(data)
