"""calls: Debian's gRPC for Python (C core), both ends; messages are made by hand, without a compiler of protocol buffers."""
from lab import ADDRESS


def play(stage, steps, port=50051):
    """Steps of grpc_client.py: (method, what it does, a token or None)."""
    stage.serve(port, *stage.python("grpc", "http2cases/grpc_server.py", ADDRESS, port))
    stage.call(*stage.python("grpc", "http2cases/grpc_client.py", f"api.example:{port}"), *(":".join(step) for step in steps))


def unary(stage):
    """gRPC calls.

    Four unary calls on a channel, each with a token in the metadata `authorization`, two with the same; one without a token;
    one that ends with an error status in trailers alone, UNAUTHENTICATED (a response of one HEADERS); one that fails after its
    head, with a message in percent-encoding; one whose messages are compressed (grpc-encoding gzip). Wanted: eight requests,
    six tokens, each request's grpc-status: 0 but for 16 and 13.
    """
    same = stage.short()
    play(stage, [("Get", "one", stage.token()), ("Get", "one", same), ("Get", "one", same), ("Get", "one", stage.token()),
                 ("Get", "one", "-"), ("Denied", "one", stage.short()), ("Fail", "one", stage.short()),
                 ("Get", "gzip", stage.short())])


def streaming(stage):
    """gRPC streams.

    A server's stream of five messages, a client's stream of five, both at once, a stream that the client cancels (RST_STREAM)
    and one whose deadline passes (grpc-timeout), which the server ends. Wanted: five requests, five tokens.
    """
    play(stage, [("List", "server", stage.short()), ("Put", "client", stage.short()), ("Talk", "both", stage.short()),
                 ("Wait", "cancel", stage.short()), ("Wait", "deadline", stage.short())])
