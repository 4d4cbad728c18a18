"""Places an order and follows it to its end: a client made from the proto alone.

usage: foreign_client.py <folder of order_pb2> <host:port> <idempotency key>
"""

import json
import sys

import grpc

folder, address, key = sys.argv[1:]
sys.path.insert(0, folder)

from order.v1 import order_pb2, order_pb2_grpc  # noqa: E402

with grpc.insecure_channel(address) as channel:
    orders = order_pb2_grpc.OrderServiceStub(channel)
    request = order_pb2.PlaceOrderRequest(
        user_id="1", item="widget", quantity=1, idempotency_key=key
    )
    placed = orders.PlaceOrder(request, timeout=10)
    again = orders.PlaceOrder(request, timeout=10)
    watched = list(orders.WatchOrder(order_pb2.WatchOrderRequest(id=placed.id), timeout=60))
    try:
        orders.GetOrder(order_pb2.GetOrderRequest(id="not an id"), timeout=10)
        refused = None
    except grpc.RpcError as error:
        refused = error.code().name

status = order_pb2.OrderStatus.Name
print(
    json.dumps(
        {
            "id": placed.id,
            "again": again.id,
            "first": status(placed.status),
            "last": status(watched[-1].status),
            "steps": [entry.step for entry in watched[-1].history],
            "refused": refused,
        }
    )
)
