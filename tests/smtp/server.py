"""An SMTP server that we did not write (aiosmtpd), for the tests of mails. It says one line of JSON when it listens, and one for
each mail that it took. Argument: a JSON object with `port`, `tls` (starttls, tls or none), `cert`, `key`, `user`, `password`.
The first part of a mailbox tells it what to do: `refused`, `later`, `hang`."""

import asyncio
import base64
import json
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult

ORDER = json.loads(sys.argv[1])


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        if address.startswith("later"):
            return "451 4.2.1 mailbox is busy"
        if address.startswith("hang"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        headers = {name.lower(): str(value) for name, value in mail.items()}
        say(
            to=envelope.rcpt_tos,
            sender=envelope.mail_from,
            headers=headers,
            text=mail.get_content(),
            encrypted=session.ssl is not None or ORDER["tls"] == "tls",
            user=session.auth_data,
            raw=base64.b64encode(envelope.content).decode(),
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    user, password = data.login.decode(), data.password.decode()
    good = (user, password) == (ORDER["user"], ORDER["password"])
    return AuthResult(success=good, handled=False, auth_data=user)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(ORDER["cert"], ORDER["key"])
    starttls = ORDER["tls"] == "starttls"

    def session():
        wants = ORDER["user"] is not None
        return SMTP(
            Handler(),
            hostname="mail.test",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=authenticate if wants else None,
            auth_required=wants,
            auth_require_tls=starttls,
        )

    implicit = context if ORDER["tls"] == "tls" else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", ORDER["port"], ssl=implicit)
    say(listening=ORDER["port"])
    await server.serve_forever()


asyncio.run(main())
