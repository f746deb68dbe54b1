#!/usr/bin/env python3
"""grpc_client.py HOST:PORT METHOD:HOW:TOKEN...: calls mail.Mail on one channel. HOW: one, gzip, server, client, both, cancel,
deadline. A token "-" is none."""
import sys

import grpc

channel = grpc.insecure_channel(sys.argv[1])
for step in sys.argv[2:]:
    method, how, token = step.split(":")
    path, metadata = f"/mail.Mail/{method}", () if token == "-" else (("authorization", f"Bearer {token}"),)
    try:
        if how in ("one", "gzip"):
            more = {"compression": grpc.Compression.Gzip} if how == "gzip" else {}
            print(channel.unary_unary(path)(b"\x12\x20" + b"a" * 32, metadata=metadata, **more))
        elif how == "client":
            print(channel.stream_unary(path)((bytes([8, n]) for n in range(5)), metadata=metadata))
        elif how == "both":
            print(list(channel.stream_stream(path)((bytes([8, n]) for n in range(5)), metadata=metadata)))
        else:
            call = channel.unary_stream(path)(b"\x08\x01", metadata=metadata, timeout=0.3 if how == "deadline" else None)
            for message in call:
                print(message)
                if how == "cancel":
                    call.cancel()
    except grpc.RpcError as error:
        print(error.code())
channel.close()
