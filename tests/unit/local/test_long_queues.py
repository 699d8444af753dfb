"""ministack's queues behave as before, however long they are: held to a model of them."""

import importlib.util
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from footnote.local.long_queues import Messages, with_long_queues

HIDDEN_S = 1000
MOST_RECEIPTS = 3


@dataclass
class Sent:
    """What is known of a message from outside."""

    visible: bool = True
    received: int = 0
    receipts: list[str] = field(default_factory=list)


class Service:
    """A copy of ministack's SQS of our own, asked as its HTTP side asks it."""

    def __init__(self) -> None:
        self.sqs = _own_copy()
        with_long_queues(self.sqs)
        self.dead = self.queue("dead")
        arn = self.ask("GetQueueAttributes", self.dead, AttributeNames=["QueueArn"])
        policy = {
            "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
            "maxReceiveCount": MOST_RECEIPTS,
        }
        self.work = self.queue(
            "work", RedrivePolicy=json.dumps(policy), VisibilityTimeout=str(HIDDEN_S)
        )

    def queue(self, name: str, **attributes: str) -> str:
        made = self.ask("CreateQueue", "", QueueName=name, Attributes=attributes)
        return str(made["QueueUrl"])

    def ask(self, action: str, url: str, **data: Any) -> dict[str, Any]:
        data |= {"QueueUrl": url} if url else {}
        # Nothing here waits for anything, so that it needs no loop, which would open sockets.
        with pytest.raises(StopIteration) as ended:
            self.sqs._dispatch(action, data, url).send(None)
        return dict(ended.value.value)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.ask("SendMessage", self.work, MessageBody=body)

    def receive(self, url: str = "") -> list[dict[str, Any]]:
        reply = self.ask("ReceiveMessage", url or self.work, MaxNumberOfMessages=10)
        return list(reply.get("Messages", []))

    def waiting(self, url: str) -> tuple[int, int]:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counted = self.ask("GetQueueAttributes", url, AttributeNames=names)["Attributes"]
        return int(counted[names[0]]), int(counted[names[1]])


def _own_copy() -> ModuleType:
    found = importlib.util.find_spec("ministack.services.sqs")
    assert found is not None
    assert found.origin is not None
    spec = importlib.util.spec_from_file_location("sqs_of_a_test", Path(found.origin))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(5))
def test_each_message_is_received_while_it_is_visible_and_ends_once(seed: int) -> None:
    chance, service = random.Random(seed), Service()
    known: dict[str, Sent] = {}
    dead = 0
    for step in range(300):
        act = chance.choice(("send", "send", "receive", "delete", "show", "outdated"))
        seen = [body for body, one in known.items() if one.receipts]
        hidden = [body for body in seen if not known[body].visible]
        if act == "send":
            bodies = [f"{step}-{n}" for n in range(chance.randrange(1, 20))]
            service.send(*bodies)
            known |= {body: Sent() for body in bodies}
        elif act == "receive":
            dead += _receive(service, known)
        elif act == "delete" and hidden:
            some = chance.sample(hidden, min(10, len(hidden)))
            entries = [
                {"Id": str(n), "ReceiptHandle": known[body].receipts[-1]}
                for n, body in enumerate(some)
            ]
            reply = service.ask("DeleteMessageBatch", service.work, Entries=entries)
            assert len(reply["Successful"]) == len(some)
            for body in some:
                del known[body]
        elif act == "show" and hidden:
            body = chance.choice(hidden)
            service.ask(
                "ChangeMessageVisibility",
                service.work,
                ReceiptHandle=known[body].receipts[-1],
                VisibilityTimeout=0,
            )
            known[body].visible = True
        elif act == "outdated" and (again := [b for b in seen if len(known[b].receipts) > 1]):
            old = known[chance.choice(again)].receipts[0]
            with pytest.raises(service.sqs._Err):
                service.ask("DeleteMessage", service.work, ReceiptHandle=old)
        shown = sum(one.visible for one in known.values())
        assert service.waiting(service.work) == (shown, len(known) - shown)
        assert service.waiting(service.dead) == (dead, 0)


def _receive(service: Service, known: dict[str, Sent]) -> int:
    """Take a reply, and tell how many went to the dead letters by it."""
    visible = {body for body, one in known.items() if one.visible}
    spent = {body for body in visible if known[body].received >= MOST_RECEIPTS}
    before = service.waiting(service.dead)[0]
    reply = service.receive()
    died = service.waiting(service.dead)[0] - before
    bodies = [str(one["Body"]) for one in reply]
    assert len(set(bodies)) == len(bodies)
    assert set(bodies) <= visible - spent
    assert len(bodies) >= min(10, len(visible - spent)) or died
    for one in reply:
        sent = known[str(one["Body"])]
        sent.visible, sent.received = False, sent.received + 1
        sent.receipts.append(str(one["ReceiptHandle"]))
    # Which of them died is seen by what is still there.
    left = {str(one["body"]) for one in service.sqs._get_q(service.work)["messages"]}
    gone = spent - left
    assert len(gone) == died
    for body in gone:
        del known[body]
    return died


def test_a_request_looks_at_few_of_a_hundred_thousand_messages() -> None:
    service = Service()
    service.receive()
    queue = service.sqs._get_q(service.work)
    template = {"receipt_handle": None, "sent_at": 2e9, "visible_at": 0.0, "receive_count": 0}
    for number in range(100_000):
        body = str(number)
        queue["messages"].append(template | {"id": body, "body": body, "md5_body": "", "sys": {}})
    queue["messages"] = Counted(queue["messages"])
    for _ in range(20):
        received = service.receive()
        assert len(received) == 10
        entries = [
            {"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(received)
        ]
        service.ask("DeleteMessageBatch", service.work, Entries=entries)
    assert queue["messages"].walked == 0
    assert len(queue["messages"]) == 99_800


class Counted(Messages):
    """Tells how often somebody walked through all."""

    walked = 0

    def __iter__(self) -> Any:
        self.walked += 1
        return super().__iter__()
