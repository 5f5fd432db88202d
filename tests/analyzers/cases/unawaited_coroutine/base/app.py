async def send(event):
    return event


async def run(events):
    for event in events:
        await send(event)
