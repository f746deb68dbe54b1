#!/usr/bin/env python3
"""live_load.py ADDRESS PORT NAME CONNECTIONS RATE SECONDS: requests /NAME?c=CONNECTION&n=NUMBER over connections that
stay, RATE of them a second all together. Each five of a connection have a token of their own. Prints how many were
answered."""
import base64
import http.client
import json
import sys
import threading
import time


def token(name):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    return f"{part({'alg': 'RS256', 'kid': 'TEST'})}.{part({'iss': 'https://test.example', 'sub': name})}.{'A' * 342}"


def client(number, arguments, answered):
    address, port, name, n_clients, rate, seconds = arguments
    connection = http.client.HTTPConnection(address, port, timeout=10)
    step, begin = n_clients / rate, time.monotonic() + number / rate
    for i in range(round(rate * seconds / n_clients)):
        time.sleep(max(0, begin + i * step - time.monotonic()))
        bearer = "Bearer " + token(f"{name}-{number}-{i // 5}")
        connection.request("GET", f"/{name}?c={number}&n={i}", headers={"Authorization": bearer})
        connection.getresponse().read()
        answered[number] += 1
    connection.close()


def main():
    address, port, name, n_clients, rate, seconds = sys.argv[1:]
    arguments = address, int(port), name, int(n_clients), float(rate), float(seconds)
    answered = [0] * int(n_clients)
    threads = [threading.Thread(target=client, args=(i, arguments, answered)) for i in range(int(n_clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(answered))


if __name__ == "__main__":
    main()
