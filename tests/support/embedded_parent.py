"""Starts the embedded engine and waits to be killed: `embedded_parent.py MODEL`. Prints a line when
it answers."""

import asyncio
import sys
from pathlib import Path

from reviewer.serving.child import embedded


async def main() -> None:
    model = Path(sys.argv[1])
    async with embedded(
        model, context_tokens=512, parallel=1, chat_template=None, timeout=60
    ) as running:
        print(running.endpoint, flush=True)
        await asyncio.sleep(600)


asyncio.run(main())
