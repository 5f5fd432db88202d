from abc import ABC, abstractmethod


class Backend(ABC):
    @abstractmethod
    def put(self, name, data):
        """Stores `data` under `name`, in place of what was there."""

    @abstractmethod
    def get(self, name):
        """The data. Raises KeyError."""

    @abstractmethod
    def usage(self):
        """How many bytes the backend holds."""
