# /// script
# requires-python = ">=3.11"
# dependencies = ["websockets>=13"]
# ///
"""Sends one request per action and prints the replies as they arrive."""

import asyncio
import json
import os
import sys

from websockets.asyncio.client import connect

REQUESTS = [
    {"action": "uppercase", "data": {"text": "hello"}},
    {"action": "reverse", "data": {"text": "hello"}},
    {"action": "echo", "data": {"any": ["JSON", 1, None]}},
    {"action": "timestamp"},
]


async def main(url: str) -> None:
    waiting = {str(number): request for number, request in enumerate(REQUESTS, start=1)}
    async with asyncio.timeout(30), connect(url) as socket:
        for request_id, request in waiting.items():
            await socket.send(json.dumps({**request, "requestId": request_id}))
        # Replies arrive in any order and, in rare cases, twice.
        while waiting:
            reply = json.loads(await socket.recv())
            if waiting.pop(reply.get("requestId"), None):
                print(reply["action"], reply["status"], reply.get("result", reply.get("error")))
            else:
                print("reply without a matching request:", reply)


URL = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WEBSOCKET_URL")
if not URL:
    sys.exit(
        "No URL. Pass it as an argument or set WEBSOCKET_URL.\n"
        "On AWS, get it with: terraform -chdir=terraform output -raw websocket_url"
    )
asyncio.run(main(URL))
