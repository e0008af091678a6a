from app.traffic.trace import LONGEST, data_text, line_of
from connectors.contract.hosting import TraceStep


def test_a_step_is_one_line():
    step = TraceStep(name="findContact:start", elapsed_ms=12.4, data={"query": {"name": "Änne\n"}})
    assert line_of(step) == ('server +12 ms  findContact:start  {"query": {"name": "Änne\\n"}}')
    assert line_of(TraceStep(name="x", data={})) == "server +0 ms  x"


def test_a_long_one_is_cut():
    text = data_text(TraceStep(name="x", data=["y" * 5000]))
    assert len(text) == LONGEST
    assert text.endswith("...")
