class Worker:
    def __init__(self, handlers):
        self._handlers = handlers
        self.failed = []

    def run(self, queue):
        """Works until the queue is empty; gives how many jobs were done."""
        done = 0
        while queue:
            job = queue.pop(0)
            try:
                self._handlers[job.name](*job.arguments)
            except Exception as error:
                self.failed.append((job, error))
            else:
                done += 1
        return done
