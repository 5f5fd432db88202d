from abc import ABC, abstractmethod


class Backend(ABC):
    @abstractmethod
    def put(self, name, data):
        """Stores `data` under `name`, in place of what was there."""

    @abstractmethod
    def get(self, name):
        """The data. Raises KeyError."""
