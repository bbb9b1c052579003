"""Rate limits: only wrong guesses of codes count, never a clinic's shared address that sends forms."""

from __future__ import annotations

from flask import Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address)
GUESSES = "20 per hour"


def wrong_guess(response: Response) -> bool:
    """Whether an answer told of a wrong code."""
    return response.status_code == 422


guesses_of_codes = limiter.shared_limit(GUESSES, scope="codes", methods=["POST"], deduct_when=wrong_guess)
