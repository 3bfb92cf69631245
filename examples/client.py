# /// script
# requires-python = ">=3.11"
# dependencies = ["websockets>=13"]
# ///
"""Sends one request per action and prints the frames of the server as they arrive."""

import asyncio
import json
import os
import sys

if sys.version_info < (3, 11):
    sys.exit(f"client.py needs Python 3.11 or later. This is {sys.version.split()[0]}.")
try:
    from websockets.asyncio.client import connect
    from websockets.exceptions import WebSocketException
except ImportError as error:
    sys.exit(
        f"client.py needs the package websockets, version 13 or later: {error}.\n"
        "Install it in a virtual environment, from the root of the repository:\n"
        "python3 -m venv .venv && .venv/bin/pip install 'websockets>=13'"
        " && .venv/bin/python examples/client.py"
    )

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
            frame = json.loads(await socket.recv())
            # A streaming action sends progress frames, and then its reply.
            if frame.get("status") == "progress":
                print(frame["action"], "progress", frame.get("progress"))
            elif waiting.pop(frame.get("requestId"), None):
                print(frame["action"], frame["status"], frame.get("result", frame.get("error")))
            else:
                print("reply without a matching request:", frame)


URL = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WEBSOCKET_URL")
if not URL:
    sys.exit(
        "No URL. Pass it as an argument or set WEBSOCKET_URL.\n"
        "On AWS, get it with: terraform -chdir=terraform output -raw websocket_url"
    )
try:
    asyncio.run(main(URL))
except TimeoutError:
    sys.exit(f"{URL}: the server did not respond in time.")
except OSError as error:
    sys.exit(f"{URL}: cannot connect. Check the URL, and that the server is running. {error}")
except WebSocketException as error:
    sys.exit(f"{URL}: {error}")
