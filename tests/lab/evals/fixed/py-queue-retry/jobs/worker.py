import logging
import time
from dataclasses import replace

log = logging.getLogger(__name__)
ATTEMPTS = 5
FIRST_DELAY = 1.0  # seconds


class Worker:
    def __init__(self, handlers, clock=time.time, sleep=time.sleep):
        self._handlers = handlers
        self._clock = clock
        self._sleep = sleep
        self.failed = []

    def run(self, queue):
        """Works until the queue is empty; gives how many jobs were done."""
        done = 0
        while queue:
            job = queue.pop(0)
            self._wait(job)
            try:
                self._handlers[job.name](*job.arguments)
            except Exception as error:
                self._again(job, error, queue)
            else:
                done += 1
        return done

    def _wait(self, job):
        seconds = job.not_before - self._clock()
        if seconds > 0:
            self._sleep(seconds)

    def _again(self, job, error, queue):
        """Back to the end of the queue, with twice the delay of the last time."""
        attempts = job.attempts + 1
        if attempts >= ATTEMPTS:
            log.error("giving up on %s after %d attempts: %s", job.name, attempts, error)
            self.failed.append((job, error))
            return
        delay = FIRST_DELAY * 2 ** (attempts - 1)
        log.warning("%s failed (attempt %d), again in %.0f s: %s", job.name, attempts, delay, error)
        queue.append(replace(job, attempts=attempts, not_before=self._clock() + delay))
