import subprocess
import sys
from dataclasses import replace

import pytest

from engine.api import CancellationToken, CancelledError, Region
from tests.support.engine import request_named


def test_a_piece_reaches_from_its_first_region_to_its_last() -> None:
    first = replace(request_named().regions[0], start_latent_frame=100, num_latent_frames=50)
    second = replace(first, start_latent_frame=140, num_latent_frames=60)
    request = replace(request_named(), regions=(first, second))

    assert request.first_latent_frame == 100
    assert request.end_latent_frame == 200
    assert request.num_latent_frames == 100


def test_a_region_ends_where_the_next_may_begin() -> None:
    region = Region(start_latent_frame=10, num_latent_frames=5, prompt="rain", guidance_scale=3.0)

    assert region.end_latent_frame == 15


def test_a_token_stays_cancelled() -> None:
    token = CancellationToken()
    token.raise_if_cancelled()
    assert not token.wait(0.0)

    token.cancel()
    token.cancel()

    assert token.is_cancelled
    assert token.wait()
    with pytest.raises(CancelledError):
        token.raise_if_cancelled()


def test_importing_the_messages_loads_no_torch() -> None:
    code = "import sys, engine.api, engine.api.wire; print('torch' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"
