"""Passkeys, through py_webauthn: what is asked of the browser, and what its answer proves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import request
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from forms_service.staff.console import accounts, parts
from forms_service.staff.models import User

PREFERRED = UserVerificationRequirement.PREFERRED


class NotProved(Exception):
    """The browser's answer does not prove that the passkey is there."""


def origin() -> str:
    """Where the console is open: the address that passkeys are bound to."""
    return parts().settings.staff_url.rstrip("/") or request.host_url.rstrip("/")


def is_here() -> bool:
    """Whether passkeys can work at the address the browser shows (never at an IP address)."""
    return urlsplit(origin()).netloc == request.host and urlsplit(origin()).hostname != "127.0.0.1"


def to_create(user: User) -> tuple[str, str]:
    """Options for `navigator.credentials.create` as JSON, and the challenge in them."""
    options = webauthn.generate_registration_options(
        rp_id=_domain(),
        rp_name=parts().clinic.name,
        user_id=str(user.fs_webauthn_user_handle).encode(),
        user_name=user.email,
        user_display_name=user.email,
        exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=PREFERRED
        ),
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def to_get(user: User) -> tuple[str, str]:
    """Options for `navigator.credentials.get` as JSON, and the challenge in them."""
    options = webauthn.generate_authentication_options(
        rp_id=_domain(), allow_credentials=_known(user), user_verification=PREFERRED
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def add(user: User, answer: str, challenge: str | None, name: str) -> None:
    """Keep the passkey that the browser made. Raises NotProved."""
    credential = _read(answer, challenge)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge or ""),
            expected_rp_id=_domain(),
            expected_origin=origin(),
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise NotProved from None
    if accounts().find_webauthn(credential_id=made.credential_id):
        raise NotProved
    accounts().create_webauthn(
        user,
        name=name,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=[str(way) for way in credential.get("response", {}).get("transports", [])],
        extensions="",
        backup_state=made.credential_backed_up,
        device_type=made.credential_device_type.value,
        usage="secondary",
    )


def prove(user: User, answer: str, challenge: str | None) -> None:
    """Check that the browser answered this challenge with one of the account's passkeys. Raises NotProved."""
    credential = _read(answer, challenge)
    try:
        raw = base64url_to_bytes(str(credential["rawId"]))
        key = next(key for key in user.webauthn if key.credential_id == raw)
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge or ""),
            expected_rp_id=_domain(),
            expected_origin=origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count or 0,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, StopIteration):
        raise NotProved from None
    key.sign_count = proof.new_sign_count
    key.lastuse_datetime = datetime.now(UTC).replace(tzinfo=None)


def _read(answer: str, challenge: str | None) -> dict[str, Any]:
    if challenge is None:
        raise NotProved
    try:
        credential = json.loads(answer)
    except ValueError:
        raise NotProved from None
    if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
        raise NotProved
    return credential


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in user.webauthn]


def _domain() -> str:
    return str(urlsplit(origin()).hostname)
