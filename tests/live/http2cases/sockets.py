"""sockets: WebSockets of python3-websockets and node-ws over HTTP/1.1, and of Node's http2 in streams of HTTP/2."""
import json

from http2cases.faults import rewrite
from http2cases.frames import get
from http2cases.node import HERE
from http2cases.node import client as node_client, server as node_server
from lab import ADDRESS, SERVER
from minting import b64u

PLAIN, DEFLATE = "ws://api.example:8081", "ws://api.example:8080"


def auth(token, **more):
    return {"text": json.dumps({"type": "auth", "token": token, **more})}


def play(stage, *plans, certificate=(), env=None):
    stage.serve(8081, *stage.python("websockets", "http2cases/ws_server.py", ADDRESS, 8080, *certificate))
    stage.call(*stage.python("websockets", "http2cases/ws_client.py"), said=json.dumps(plans).encode(), env=env)


def plain(stage):
    """A WebSocket, without compression.

    A bearer in the handshake; on the first connection texts, a binary message that holds a token too, a ping. On the second a
    token in the first message, `{"type":"auth","token":...}`, and another one later. A third handshake is refused (401).
    Wanted: three requests with their bearers; two tokens of texts; nothing of the binary message.
    """
    chat = {"text": json.dumps({"type": "chat", "text": "Minutes of the meeting"})}
    play(stage, {"url": f"{PLAIN}/chat", "headers": {"Authorization": f"Bearer {stage.short()}"},
                 "messages": [chat, {"binary": json.dumps({"token": stage.short()})}, {"ping": "test-ping"}, chat]},
         {"url": f"{PLAIN}/chat", "headers": {"Authorization": f"Bearer {stage.short()}"},
          "messages": [auth(stage.short()), chat, auth(stage.short(), again=True), chat]},
         {"url": f"{PLAIN}/refused", "headers": {"Authorization": f"Bearer {stage.short()}"}, "messages": [chat]})


def deflate(stage):
    """A WebSocket with permessage-deflate.

    RFC 7692, with context takeover: a message is coded with what was said before, so that whoever misses one cannot read the
    next. Tokens in the first, third and fifth message, the fifth the same as the first (a few bytes on the wire). Wanted: a
    request, two tokens in three messages.
    """
    first = stage.short()
    chat = {"text": json.dumps({"type": "chat", "text": "Minutes of the meeting " * 5})}
    play(stage, {"url": f"{DEFLATE}/chat", "deflate": True,
                 "messages": [auth(first), chat, auth(stage.short()), chat, auth(first), {"binary": "of no interest " * 10}]})


def handshakes(stage):
    """Tokens in handshakes.

    1. `?access_token=` in the URL.
    2. Sec-WebSocket-Protocol as Kubernetes has it: `base64url.bearer.authorization.k8s.io.` and the token, coded once more,
       then `v4.channel.k8s.io`, which the server takes.
    3. Sec-WebSocket-Protocol with `bearer` and the token.
    4. A cookie.
    5. Near misses: subprotocols `graphql-transport-ws` and a long one with dots; `?token_type=bearer&tokens=12`.

    Wanted: five requests, four tokens.
    """
    query, k8s, adhoc, cookie = (stage.short() for _ in range(4))
    coded = stage.note(b64u(k8s.encode()))
    hello = {"text": json.dumps({"type": "hello"})}
    play(stage, {"url": f"{PLAIN}/chat?access_token={query}&room=1", "messages": [hello]},
         {"url": f"{PLAIN}/api/v1/namespaces/test/pods/test/exec?command=sh&stdin=true",
          "protocols": [f"base64url.bearer.authorization.k8s.io.{coded}", "v4.channel.k8s.io"], "messages": [hello]},
         {"url": f"{PLAIN}/chat", "protocols": ["bearer", adhoc, "chat.v1"], "messages": [hello]},
         {"url": f"{PLAIN}/chat", "headers": {"Cookie": f"lang=en; access_token={cookie}"}, "messages": [hello]},
         {"url": f"{PLAIN}/chat?token_type=bearer&tokens=12", "messages": [hello],
          "protocols": ["graphql-transport-ws", "org.example.a-very-long-name-of-a-protocol-in-three-parts.version-12"]})


def messages(stage):
    """Tokens in messages, as applications send them.

    1. graphql-ws: `connection_init` whose payload has `Authorization`.
    2. SignalR: the token in the URL's `access_token`, messages that end in 0x1e, and an invocation with a token among its
       arguments.
    3. Home Assistant: `{"type":"auth","access_token":...}` with a token that says nothing of itself.
    4. Socket.IO: `40{"token":...}`.
    5. STOMP: CONNECT with a line `Authorization:`.
    6. Near misses: a chat that speaks of tokens, `"token"` that is a number, a text that is no JSON.

    Wanted: six requests, six tokens, none of the last connection.
    """
    graphql = json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {stage.short()}", "locale": "en"}})
    invocation = json.dumps({"type": 1, "target": "Renew", "arguments": [stage.short()]}) + "\x1e"
    stomp = f"CONNECT\naccept-version:1.2\nhost:hub.example\nAuthorization:Bearer {stage.short()}\n\n\0"
    said = [json.dumps({"type": "chat", "text": "My token is lost, is yours eyJ too?"}),
            json.dumps({"type": "count", "token": 17}),
            "token=see-me-later-about-that-token please"]
    hub = "ws://hub.example:8081/hub?id=test-connection&access_token="
    play(stage, {"url": f"{PLAIN}/graphql", "protocols": ["graphql-transport-ws"], "messages": [{"text": graphql}]},
         {"url": f"{hub}{stage.short()}", "messages": [{"text": '{"protocol":"json","version":1}\x1e'}, {"text": invocation}]},
         {"url": f"{PLAIN}/api/websocket", "messages": [{"text": json.dumps({"type": "auth", "access_token": stage.opaque()})}]},
         {"url": f"{PLAIN}/socket.io/?EIO=4&transport=websocket",
          "messages": [{"text": "40" + json.dumps({"token": stage.short()})}]},
         {"url": f"{PLAIN}/stomp", "protocols": ["v12.stomp"], "messages": [{"text": stomp}]},
         {"url": f"{PLAIN}/chat", "messages": [{"text": text} for text in said]})


def fragmented(stage):
    """Messages in fragments.

    A text with a token in four frames, the token itself cut twice, and a ping after each frame (RFC 6455 5.4); the same with
    permessage-deflate, where only the first frame says that it is compressed; a text of 66 KB (a length of 64 bits) with a
    token at its beginning. Wanted: two requests, three tokens.
    """
    def parts(token):
        text = auth(token)["text"]
        at = text.index(token)
        return {"parts": [text[:at + 20], text[at + 20:at + 100], text[at + 100:-2], text[-2:]]}
    play(stage, {"url": f"{PLAIN}/chat", "messages": [parts(stage.short()), auth(stage.short(), text="a long text " * 5500)]},
         {"url": f"{DEFLATE}/chat", "deflate": True, "messages": [parts(stage.short())]})


def node_ws(stage):
    """WebSockets of node-ws.

    Without compression, then with permessage-deflate from 64 bytes on, the client without context takeover: so some messages
    are compressed and some are not. Texts, fragments, a binary message. Wanted: two requests with their bearers, four tokens of
    texts.
    """
    stage.serve(8080, "node", HERE / "ws_node_server.js", ADDRESS, 8080, at=SERVER, env={"NODE_PATH": "/usr/share/nodejs"})
    for squeeze in (False, True):
        part = auth(stage.short())["text"]
        plan = {"headers": {"Authorization": f"Bearer {stage.short()}"}, "deflate": squeeze,
                "messages": [{"text": '{"type":"hello"}'}, auth(stage.short()), {"parts": [part[:60], part[60:]]},
                             {"binary": "b" * 100}]}
        stage.call("node", HERE / "ws_node_client.js", "ws://api.example:8080/chat", said=json.dumps(plan).encode(),
                   env={"NODE_PATH": "/usr/share/nodejs"})


def tls(stage):
    """A WebSocket behind TLS 1.3.

    With a key log: a bearer in the handshake, a token in the first message. Wanted: a request, two tokens.
    """
    key, pem = stage.certificate()
    plan = {"url": "wss://api.example:8080/chat", "headers": {"Authorization": f"Bearer {stage.short()}"}, "deflate": True,
            "messages": [auth(stage.short())]}
    play(stage, plan, certificate=(key, pem), env={"SSLKEYLOGFILE": str(stage.keylog)})


def gap(stage):
    """A WebSocket with holes, and one joined late.

    Of the first connection, without compression, is missing the message after the first; of the second, with permessage-deflate
    and context takeover, the third; the third was joined after its handshake. Wanted: of the first connection the token before
    the hole, behind which nobody knows for sure where a frame begins; of the second two; of the third nothing.
    """
    play(stage, {"url": f"{PLAIN}/chat", "messages": [auth(stage.short()) for _ in range(3)]},
         {"url": f"{DEFLATE}/chat", "deflate": True, "messages": [auth(stage.short(), text="Minutes " * 10) for _ in range(4)]},
         {"url": f"{PLAIN}/chat", "messages": [auth(stage.short()) for _ in range(3)]})


def lose_messages(stage):
    large = {}

    def arrives(n, from_client, data):
        large[n] = large.get(n, 0) + (from_client and len(data) > 100)  # the first is the handshake
        return not (from_client and len(data) > 100 and (n, large[n]) in ((0, 3), (1, 4))) and not (n == 2 and large[n] < 2)
    rewrite(stage, arrives)


def http2(stage):
    """WebSockets in streams of HTTP/2.

    RFC 8441: extended CONNECT, both ends Node's http2 (frames by frames.js). Two at once on a connection beside a usual
    request: one has its bearer in the head and a token in its first message, the other a token in the URL and Kubernetes'
    subprotocol with another. Wanted: three requests, five tokens.
    """
    node_server(stage)
    k8s = stage.short()
    protocols = f"base64url.bearer.authorization.k8s.io.{stage.note(b64u(k8s.encode()))}, v4.channel.k8s.io"
    connect = {":method": "CONNECT", ":protocol": "websocket", ":scheme": "http", ":authority": "api.example:8080",
               "sec-websocket-version": "13"}
    node_client(stage, [{"wait": 100}, [
        get("/chat", stage.short(), headers=connect, texts=[auth(stage.short())["text"], '{"type":"chat","text":"Minutes"}']),
        get(f"/exec?access_token={stage.short()}", headers={**connect, "sec-websocket-protocol": protocols},
            texts=['{"type":"hello"}']),
        get("/mail/1", stage.short()),
    ]])
