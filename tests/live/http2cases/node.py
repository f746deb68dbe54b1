"""node: Node's http2 as server and client: server.js and client.js of this folder."""
import json
import pathlib

from lab import ADDRESS, SERVER

HERE = pathlib.Path(__file__).resolve().parent


def server(stage, *certificate, port=8080, env=None):
    return stage.serve(port, "node", HERE / "server.js", ADDRESS, port, *certificate, at=SERVER, env=env)


def client(stage, plan, url="http://api.example:8080", options=()):
    """Follows a plan (client.js says of what it is made)."""
    return stage.call("node", *options, HERE / "client.js", url, said=json.dumps(plan).encode())
