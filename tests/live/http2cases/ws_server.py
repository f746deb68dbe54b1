#!/usr/bin/env python3
"""ws_server.py ADDRESS PORT [KEY CERTIFICATE]: python3-websockets: says how long each message was; refuses the path /refused;
takes the last subprotocol that is offered. A path with "plain" in it gets no permessage-deflate, which this library decides by
port: PORT + 1."""
import asyncio
import http
import json
import ssl
import sys

import websockets

ADDRESS, PORT, *CERTIFICATE = sys.argv[1:]


async def talk(socket):
    await socket.send(json.dumps({"type": "auth_required", "version": "test"}))
    async for message in socket:
        await socket.send(json.dumps({"heard": len(message), "type": "text" if isinstance(message, str) else "binary"}))


async def refuse(path, headers):
    if path.startswith("/refused"):
        return http.HTTPStatus.UNAUTHORIZED, [("WWW-Authenticate", "Bearer")], b"TEST: no\n"
    return None


async def main():
    context = None
    if CERTIFICATE:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE[1], CERTIFICATE[0])
    always = {"process_request": refuse, "select_subprotocol": lambda offered, _: offered[-1] if offered else None,
              "ssl": context,
              "subprotocols": ["any"]}
    async with websockets.serve(talk, ADDRESS, int(PORT), compression="deflate", **always):
        async with websockets.serve(talk, ADDRESS, int(PORT) + 1, compression=None, **always):
            await asyncio.Future()


asyncio.run(main())
