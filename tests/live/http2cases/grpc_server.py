#!/usr/bin/env python3
"""grpc_server.py ADDRESS PORT: the service mail.Mail, whose messages are bytes."""
import concurrent.futures
import sys
import time

import grpc


def get(request, context):
    context.send_initial_metadata((("x-served-by", "test"),))
    context.set_trailing_metadata((("x-cost", "1"),))
    return b"\x0a\x16Minutes of the meeting" + request


def denied(request, context):
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "TEST: that token is not for here")


def fail(request, context):
    context.send_initial_metadata((("x-served-by", "test"),))
    context.abort(grpc.StatusCode.INTERNAL, "TEST: 100 % went wrong\nin two lines")


def list_all(request, context):
    for n in range(5):
        yield b"\x08" + bytes([n])
        time.sleep(0.02)


def put(requests, context):
    return b"\x08" + bytes([sum(1 for _ in requests)])


def talk(requests, context):
    yield from requests


def wait(request, context):
    yield b"\x08\x00"
    for _ in range(40):
        if not context.is_active():
            return
        time.sleep(0.05)


HANDLERS = {
    "Get": grpc.unary_unary_rpc_method_handler(get), "Denied": grpc.unary_unary_rpc_method_handler(denied),
    "Fail": grpc.unary_unary_rpc_method_handler(fail), "List": grpc.unary_stream_rpc_method_handler(list_all),
    "Put": grpc.stream_unary_rpc_method_handler(put), "Talk": grpc.stream_stream_rpc_method_handler(talk),
    "Wait": grpc.unary_stream_rpc_method_handler(wait),
}
server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("mail.Mail", HANDLERS),))
server.add_insecure_port(f"{sys.argv[1]}:{sys.argv[2]}")
server.start()
server.wait_for_termination()
