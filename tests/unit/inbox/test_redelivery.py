"""When a message that failed comes back."""

from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.inbox.redelivery import Delivery, retry_delay_s, retry_later


class Queue:
    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.delayed: dict[str, int] = {}

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        if self.down:
            message = "SQS answered 503"
            raise ObjectStorageUnavailableError(message)
        self.delayed[receipt_handle] = seconds


def delivery(received: int) -> Delivery:
    return Delivery(message_id="m", body="", receipt_handle="handle", receive_count=received)


def test_each_retry_waits_longer_up_to_a_quarter_of_an_hour() -> None:
    assert [retry_delay_s(count) for count in range(1, 8)] == [5, 15, 45, 135, 405, 900, 900]


def test_the_third_failure_of_a_message_waits_longer_than_its_first() -> None:
    queue = Queue()
    retry_later(delivery(3), queue)
    assert queue.delayed == {"handle": 45}


def test_a_queue_that_cannot_be_told_leaves_the_message_to_its_visibility_timeout() -> None:
    retry_later(delivery(1), Queue(down=True))
