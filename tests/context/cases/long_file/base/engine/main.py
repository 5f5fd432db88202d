from engine.scheduler import Scheduler


def main(jobs):
    scheduler = Scheduler(jobs)
    for job in jobs:
        result = scheduler.run_one(job)
        print(result)
