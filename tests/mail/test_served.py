"""A server process as in production, on its own loop: it takes mail, and ends in order."""

from pathlib import Path

import aiosmtplib

from tests.mail.mails import TO, mail
from tests.mail_server import free_port
from tests.processes import end, install, start


async def test_a_server_process_takes_mail_and_ends_with_connections_open(tmp_path: Path) -> None:
    port = free_port()
    there = install(tmp_path, mail=f'inbound = "smtp://127.0.0.1:{port}"\n')
    server = await start(there)
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await client.connect()
    for number in range(2):
        await client.sendmail("greta@example.org", [TO], mail("text/plain", "Hello", Message_ID=f"<{number}@x>"))
    await end(server)
    assert server.returncode == 0, there.log
    assert "Traceback" not in there.log
    client.close()
