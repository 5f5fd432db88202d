async def push(job):
    return job
