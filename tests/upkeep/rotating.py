"""Unlocks once, says so, then for every delay on stdin begins a rotation and kills it after that many seconds."""

from __future__ import annotations

import os
import signal
import sys
import time

from forms_service.sealing.keyring import Keys
from forms_service.settings import read_settings
from forms_service.store import Store
from forms_service.upkeep.rotation import rotate


def main() -> None:
    settings = read_settings()
    keys = Keys(settings.identity_file, settings.recipients_file)
    identity = keys.unlock(os.environ["PASSPHRASE"], "clinic")
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            rotate(keys, Store(settings.database_url, lock_wait=10), identity, settled=0)
            os._exit(0)
        time.sleep(float(line))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "done", flush=True)


if __name__ == "__main__":
    main()
