"""What every host must do on its pipes, driven by hand as docs/host-protocol.md tells it.

A host's test inherits :class:`HostProtocol` and gives the fixture ``command``: how to start the
host with a connector whose findContact prints ``did <number>`` and returns ``{"did": <number>}``.
On ``sleep`` and ``block`` it prints ``under way`` and never comes back.
"""

import json
import subprocess

import pytest


def invoke(number, what):
    params = {"operation": "findContact", "input": {"phoneNumber": what}, "timeoutS": 20}
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "invoke", "params": params})


class Child:
    """A host's process and the two pipes of its protocol."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def send(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def receive(self):
        return json.loads(self.process.stdout.readline())


class HostProtocol:
    @pytest.fixture
    def child(self, command):
        child = Child(command)
        with child.process:
            yield child
            child.process.kill()

    @pytest.mark.parametrize("what", [None, "fine", "sleep", "block"])
    def test_the_child_ends_with_its_stdin(self, child, what):
        if what is not None:
            child.send(invoke(1, "fine"))
            assert child.receive()["params"]["text"] == "did fine"
            assert child.receive()["id"] == 1
            child.send(invoke(2, what))
        child.process.stdin.close()
        child.process.wait(timeout=20)

    def test_the_child_ends_when_it_is_told_to(self, child):
        child.send('{"jsonrpc": "2.0", "method": "shutdown"}')
        assert child.process.wait(timeout=20) == 0

    @pytest.mark.parametrize("line", ["", "{", "[]", "5", '"a"', "{}", "null", "\u0000"])
    def test_a_line_that_is_no_request_is_answered_and_harms_nothing(self, child, line):
        child.send(line)
        assert child.receive()["error"]["code"] == -32700
        child.send(invoke(2, "fine"))
        child.receive()
        assert child.receive()["result"]["result"] == {"did": "fine"}

    @pytest.mark.parametrize(
        "params", ["[]", "5", "null", '{"input": 5}', '{"timeoutS": "x"}', '{"options": 5}']
    )
    def test_parameters_of_a_wrong_shape_are_answered_and_harm_nothing(self, child, params):
        child.send(f'{{"jsonrpc": "2.0", "id": 1, "method": "invoke", "params": {params}}}')
        child.send(f'{{"jsonrpc": "2.0", "method": "cancel", "params": {params}}}')
        child.send('{"jsonrpc": "2.0", "id": 2, "method": "fly"}')
        waiting = {1, 2}
        while waiting:
            waiting.discard(child.receive().get("id"))
        assert child.process.poll() is None

    def test_cancelling_by_hand(self, child):
        child.send(invoke(1, "sleep"))
        assert child.receive()["params"]["text"] == "under way"
        child.send('{"jsonrpc": "2.0", "method": "cancel", "params": {"id": 1}}')
        answer = child.receive()
        assert (answer["id"], answer["error"]["code"]) == (1, -32800)
        assert answer["error"]["data"] == {"type": "OperationCancelledError"}
