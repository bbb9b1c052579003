"""Checks of keys and secrets: to whom is sealed, who opens it, and who else could read the files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from forms_service.doctor.patient import Fault, Patient
from forms_service.sealing.identity import Identity, IdentityError, is_wrapped, parse
from forms_service.sealing.keyring import Keyring, Keys
from forms_service.sealing.recipients import NoRecipients, read_recipients
from forms_service.settings import SHORTEST_SECRET

_OTHERS = 0o077


def recipients(patient: Patient) -> Iterator[Fault]:
    """Somebody to seal to."""
    try:
        read_recipients(patient.settings.recipients_file)
    except NoRecipients as error:
        cause, _, mend = str(error).rpartition(": ")
        yield Fault("no-recipients", f"forms answer 503, as {cause}", mend)


def opened_by_the_clinic(patient: Patient) -> Iterator[Fault]:
    """What is sealed from now on opens with the clinic's key."""
    keyring, identity = _keyring(patient), _bare(patient)
    ours = keyring.recipients if keyring else identity.recipients if identity else ()
    try:
        sealed_to = [str(key) for key in read_recipients(patient.settings.recipients_file).keys]
    except NoRecipients:
        return
    file = patient.settings.recipients_file
    if ours and ours[0] not in sealed_to:
        yield Fault("recipients-foreign", f"{file} lacks the clinic's own key", f"add the line {ours[0]}")
    if set(ours[1:]) & set(sealed_to):
        yield Fault(
            "former-recipient", f"{file} names a key from before a rotation", "run `kinbridge keys rotate`"
        )


def readable_files(patient: Patient) -> Iterator[Fault]:
    """The key files, and whether they can be used at all."""
    try:
        _keys(patient).read()
        content = _content(patient.settings.identity_file)
        if content is not None and not is_wrapped(content) and parse(content) is None:
            raise IdentityError(f"{patient.settings.identity_file} holds no age identity: restore a back-up")
    except IdentityError as error:
        cause, _, mend = str(error).rpartition(": ")
        yield Fault("keys-damaged", cause, mend)


def closed_to_others(patient: Patient) -> Iterator[Fault]:
    """No other account of this machine reads them."""
    files = [patient.settings.identity_file, _keys(patient).file]
    files += [file for file in (patient.settings.passphrase_file,) if file is not None]
    for file in files:
        if _is_open(file):
            yield Fault("keys-open", f"other accounts may read {file}", f"chmod 600 {file}")


def under_a_passphrase(patient: Patient) -> Iterator[Fault]:
    """A bare key is for the demo alone."""
    if _bare(patient) is not None and patient.clinic is not None and not patient.is_demo:
        yield Fault(
            "key-bare",
            "the clinic's key lies without a passphrase",
            "move it to a safe place, run `kinbridge keys new`, then `keys rotate`",
        )


def passphrase_file(patient: Patient) -> Iterator[Fault]:
    """There, when one is named."""
    file = patient.settings.passphrase_file
    if file is not None and not file.is_file():
        yield Fault("passphrase-missing", f"there is no {file}", "mend or unset KINBRIDGE_PASSPHRASE_FILE")


def rotation(patient: Patient) -> Iterator[Fault]:
    """Brought to its end."""
    keyring = _keyring(patient)
    if keyring is not None and keyring.rotating:
        yield Fault("rotation-unfinished", "a rotation of keys was cut off", "run `kinbridge keys rotate`")


def secret(patient: Patient) -> Iterator[Fault]:
    """The signing secret: there, long, and closed."""
    file = patient.settings.secret_file
    content = _content(file)
    if content is None:
        yield Fault("secret-missing", f"there is no {file}", "restart `kinbridge serve`, which makes one")
    elif len(content.strip()) < SHORTEST_SECRET:
        yield Fault("secret-short", f"{file} is too short to sign with", f"remove {file}, then restart")
    if _is_open(file):
        yield Fault("secret-open", f"other accounts may read {file}", f"chmod 600 {file}")


CHECKS = (
    recipients,
    opened_by_the_clinic,
    readable_files,
    closed_to_others,
    under_a_passphrase,
    passphrase_file,
    rotation,
    secret,
)


def _keys(patient: Patient) -> Keys:
    return Keys(patient.settings.identity_file, patient.settings.recipients_file)


def _keyring(patient: Patient) -> Keyring | None:
    try:
        return _keys(patient).read()
    except IdentityError:
        return None


def _bare(patient: Patient) -> Identity | None:
    content = _content(patient.settings.identity_file)
    return parse(content) if content is not None and not is_wrapped(content) else None


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _is_open(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & _OTHERS)
    except OSError:
        return False
