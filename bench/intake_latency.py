"""How long a sender waits for its 2xx at a fixed rate: the real route of a running demo while its work goes on."""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from app.stores.bigcommerce import HOOK_HEADER
from tests.integration.test_survival import _hook_secret, signed
from tests.running import RunningDemo, a_running_demo


def at_rate(demo: RunningDemo, rate: int, seconds: int) -> list[float]:
    """Milliseconds each delivery took, sorted; an open loop, so that a slow answer does not slow the sender."""
    factor = {HOOK_HEADER: _hook_secret(demo.environment()["ECM_SECRET_KEY"])}
    took: list[float] = []
    with httpx.Client(base_url=f"http://127.0.0.1:{demo.port}", timeout=10, trust_env=False) as client:

        def deliver(number: int, due: float) -> None:
            time.sleep(max(0.0, due - time.monotonic()))
            headers, body = signed(factor, number)
            started = time.monotonic()
            status = client.post("/webhooks/bigcommerce", content=body, headers=headers).status_code
            took.append((time.monotonic() - started) * 1000)
            assert status == 200

        start = time.monotonic() + 0.2
        with ThreadPoolExecutor(32) as pool:
            list(pool.map(lambda n: deliver(n, start + n / rate), range(rate * seconds)))
    return sorted(took)


def main() -> int:
    seconds = 4 if "--quick" in sys.argv else 20
    with tempfile.TemporaryDirectory() as name, a_running_demo(Path(name) / "state") as demo:
        demo.call("POST", "/stores/bigcommerce/install", {})
        for rate in (50, 100):
            took = at_rate(demo, rate, seconds)
            p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
            print(f"{rate}/s for {seconds} s: p50 {p50:.0f} ms, p99 {p99:.0f} ms, slowest {took[-1]:.0f} ms")
            time.sleep(2)
    print("  goal: p99 under 100 ms at 50/s while the work goes on")
    return 0


if __name__ == "__main__":
    sys.exit(main())
