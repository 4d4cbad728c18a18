"""Reads a topic in a group of its own until each of the keys has had its last event: a client that shares nothing with ours.

usage: foreign_consumer.py <host:port> <topic> <types that are last, by comma> <keys, by comma>
Prints a line of JSON for each message, in the order of arrival; exits with 1 where a key's last event does not come.
"""

import json
import sys
import time

from confluent_kafka import Consumer

LIMIT_S = 60

address, topic, last, keys = sys.argv[1:]
waited_for = set(keys.split(","))
consumer = Consumer(
    {"bootstrap.servers": address, "group.id": "somebody-else", "auto.offset.reset": "earliest"}
)
consumer.subscribe([topic])
give_up_at = time.monotonic() + LIMIT_S
while waited_for and time.monotonic() < give_up_at:
    message = consumer.poll(1)
    if message is None or message.error():
        continue
    headers = {name: value.decode() for name, value in message.headers()}
    key = message.key().decode()
    print(
        json.dumps(
            {
                "key": key,
                "type": headers["type"],
                "version": int(headers["aggregate-version"]),
            }
        )
    )
    if headers["type"] in last.split(","):
        waited_for.discard(key)
consumer.close()
sys.exit(1 if waited_for else 0)
