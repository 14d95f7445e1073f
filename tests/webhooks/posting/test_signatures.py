"""Libraries of two languages find the signature good, also while secrets change."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.support import require
from tests.webhooks.conftest import Post
from tests.webhooks.receiver import Received, Receiver

HERE = Path(__file__).parent.parent
OLD = "whsec_" + base64.b64encode(b"the old secret of a receiver").decode()
NEW = "whsec_" + base64.b64encode(b"the new secret of a receiver!").decode()
WRONG = "whsec_" + base64.b64encode(b"the secret of somebody else").decode()
PAYLOAD = (
    '{"type": "booking.created", "data": {"name": "Zoë \N{SUNFLOWER}", "price": 1.50}}'.encode()
)

Verify = Callable[[Sequence[tuple[str, Received]]], list[bool]]


def in_python(cases: Sequence[tuple[str, Received]]) -> list[bool]:
    """Of each secret and request, whether the signature is good."""

    def is_good(secret: str, request: Received) -> bool:
        try:
            Webhook(secret).verify(request.body, dict(request.headers))
        except WebhookVerificationError:
            return False
        return True

    return [is_good(*case) for case in cases]


def in_node(cases: Sequence[tuple[str, Received]]) -> list[bool]:
    """The same by the package of npm."""
    modules = Path(os.environ.get("BOOKINGDB_NODE_MODULES", HERE / "node_modules")).absolute()
    node = shutil.which("node")
    require(node, "node")
    require((modules / "standardwebhooks").is_dir(), "npm ci in tests/webhooks")
    lines = [
        json.dumps(
            {
                "secret": secret,
                "body": base64.b64encode(request.body).decode(),
                "headers": dict(request.headers),
            }
        )
        for secret, request in cases
    ]
    run = subprocess.run(
        [str(node), str(HERE / "verify.mjs"), str(modules)],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line)["verified"] for line in run.stdout.splitlines()]


@pytest.fixture(params=[in_python, in_node])
def verify(request: pytest.FixtureRequest) -> Verify:
    chosen: Verify = request.param
    return chosen


def sent(post: Post, receiver: Receiver, *secrets: str) -> Received:
    assert post(receiver.url, payload=PAYLOAD, secrets=secrets).status == 200
    return receiver.requests[-1]


def changed(request: Received, **headers: str) -> Received:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Received(request.webhook_id, {**request.headers, **names}, request.body, request.at)


def test_signature_is_good_for_its_secret_only(
    verify: Verify, post: Post, receiver: Receiver
) -> None:
    request = sent(post, receiver, NEW)
    bare = request, sent(post, receiver, NEW.removeprefix("whsec_"))
    assert verify([(NEW, r) for r in bare]) == [True, True]
    assert verify([(OLD, request), (WRONG, request)]) == [False, False]


def test_while_secrets_change_old_and_new_are_good(
    verify: Verify, post: Post, receiver: Receiver
) -> None:
    request = sent(post, receiver, NEW, OLD)
    assert request.headers["webhook-signature"].count(" ") == 1
    assert verify([(NEW, request), (OLD, request), (WRONG, request)]) == [True, True, False]


def test_whatever_is_changed_on_the_way_spoils_it(
    verify: Verify, post: Post, receiver: Receiver
) -> None:
    request = sent(post, receiver, NEW, OLD)
    timestamp = int(request.headers["webhook-timestamp"])
    tampered = [
        Received(request.webhook_id, request.headers, body, request.at)
        for body in (PAYLOAD.replace(b"1.50", b"1.51"), PAYLOAD + b" ", PAYLOAD[:-1], b"")
    ]
    tampered += [
        changed(request, webhook_id="another"),
        changed(request, webhook_timestamp=str(timestamp + 1)),
        changed(request, webhook_timestamp=str(timestamp - 3600)),
    ]
    assert verify([(NEW, r) for r in tampered]) == [False] * len(tampered)


@pytest.mark.parametrize(
    ("secrets", "payload"),
    [((), b"{}"), (("whsec_",), b"{}"), (("",), b"{}"), (("a",), b"{}"), ((NEW,), b"\xff")],
)
def test_what_cannot_be_signed_is_not_sent(
    secrets: tuple[str, ...], payload: bytes, post: Post, receiver: Receiver
) -> None:
    with pytest.raises(ValueError, match="secret|utf-8") as caught:
        post(receiver.url, payload=payload, secrets=secrets)
    assert NEW not in str(caught.value)
    assert receiver.requests == []
