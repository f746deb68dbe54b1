#!/usr/bin/env python3
"""ws_client.py: python3-websockets, which follows a plan on its standard input: JSON, an array of connections {"url",
"headers", "protocols", "deflate", "messages"}. A message is {"text"}, {"binary"}, {"parts": [text...]} (fragments, a ping
between them) or {"ping"}."""
import asyncio
import json
import ssl
import sys

import websockets


async def say(socket, message):
    if "text" in message:
        await socket.send(message["text"])
    elif "binary" in message:
        await socket.send(message["binary"].encode())
    elif "ping" in message:
        await (await socket.ping(message["ping"].encode()))
        return
    else:
        async def parts():
            for part in message["parts"]:
                yield part
                await asyncio.sleep(0.02)
                await socket.ping(b"between")
        await socket.send(parts())
    await socket.recv()


async def play(plan):
    more = {}
    if plan["url"].startswith("wss:"):
        more["ssl"] = ssl.create_default_context()
        more["ssl"].check_hostname, more["ssl"].verify_mode = False, ssl.CERT_NONE
    try:
        async with websockets.connect(plan["url"], extra_headers=plan.get("headers"), subprotocols=plan.get("protocols"),
                                      compression="deflate" if plan.get("deflate") else None, max_size=None, **more) as socket:
            await socket.recv()
            for message in plan.get("messages", ()):
                await say(socket, message)
    except websockets.InvalidStatusCode as error:
        print("refused", error.status_code)


async def main():
    for plan in json.load(sys.stdin):
        await play(plan)


asyncio.run(main())
