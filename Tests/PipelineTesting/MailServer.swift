import Foundation
import Synchronization

/// PyPI's `aiosmtpd` as a mail server, one a process, ended with it.
///
/// `PARLEY_SMTP_PYTHON` is the path of a Python that has it. What the server does with a mail is
/// said by the recipient's name: see `script`.
package enum MailServer {
    /// A mail as the server got it, read by Python's own parser.
    package struct Received: Decodable, Sendable {
        /// Whom the envelope names as sender.
        package var sender: String
        /// Whom the envelope names as recipients.
        package var recipients: [String]
        /// What the client called itself.
        package var greeting: String
        /// All that came, as it came.
        package var source: String
        /// The header lines, decoded, by name.
        package var headers: [String: String]
        /// The names of the header lines, as often as they came.
        package var names: [String]
        /// The plain text.
        package var text: String?
        /// The page.
        package var html: String?
        /// What the parser found wrong.
        package var defects: [String]
    }

    /// The server, and what came to it.
    package struct Running: Sendable {
        /// Without TLS and sign-in.
        package var plain: Int
        /// With STARTTLS, then sign-in.
        package var startTLS: Int
        /// With TLS from the start, and sign-in.
        package var tls: Int
        /// With sign-in, and without TLS: for this machine alone.
        package var signIn: Int
        /// A file with the server's certificate.
        package var certificate: String

        /// The mail that came for a recipient.
        package func mail(for recipient: String) async throws -> Received {
            try await eventually("a mail comes for \(recipient)") {
                all(for: recipient).first
            }
        }

        /// The mails that came for a recipient.
        package func all(for recipient: String) -> [Received] {
            received.withLock { mails in mails.filter { $0.recipients == [recipient] } }
        }

        /// How many mails came for a recipient.
        package func count(for recipient: String) -> Int { all(for: recipient).count }

        /// How often somebody named a recipient, whatever came of it.
        package func asked(for recipient: String) -> Int {
            MailServer.asked.withLock { names in names.count { $0 == recipient } }
        }
    }

    private struct NotThere: Error {}

    /// What the server prints of somebody who names a recipient.
    private struct Asked: Decodable { var asked: String }

    private static let python = ProcessInfo.processInfo.environment["PARLEY_SMTP_PYTHON"]
    /// Whether it is here.
    package static let isAvailable = python?.isEmpty == false
    private static let started = Task { try await start() }
    private static let received = Mutex<[Received]>([])
    private static let asked = Mutex<[String]>([])
    private static let input = Pipe()
    private static let output = Pipe()

    /// The server, started when first asked for.
    package static func running() async throws -> Running { try await started.value }

    private static func start() async throws -> Running {
        guard let python else { throw NotThere() }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "parley-mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let pem = folder.appending(path: "server.pem")
        try Data((certificate + key).utf8).write(to: pem)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-u", "-c", script, pem.path]
        // Its end is that of this process's end of the pipe.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let (ports, waiter) = AsyncStream<[Int]>.makeStream()
        Thread.detachNewThread {
            var rest = Data()
            while true {
                // What there is, where `read(upToCount:)` would wait for so much.
                let chunk = output.fileHandleForReading.availableData
                guard !chunk.isEmpty else { break }
                rest += chunk
                while let end = rest.firstIndex(of: 0x0A) {
                    let line = rest[..<end]
                    rest = Data(rest[(end + 1)...])
                    if let found = try? JSONDecoder().decode([Int].self, from: line) {
                        waiter.yield(found)
                    } else if let mail = try? JSONDecoder().decode(Received.self, from: line) {
                        received.withLock { $0.append(mail) }
                    } else if let name = try? JSONDecoder().decode(Asked.self, from: line) {
                        asked.withLock { $0.append(name.asked) }
                    }
                }
            }
            waiter.finish()
        }
        for await found in ports where found.count == 4 {
            return Running(
                plain: found[0], startTLS: found[1], tls: found[2], signIn: found[3],
                certificate: pem.path)
        }
        throw NotThere()
    }

    /// Prints its ports, then each mail that it took, one JSON a line.
    private static let script = """
        import asyncio, email, email.policy, json, os, ssl, sys, threading
        from aiosmtpd.smtp import SMTP, AuthResult

        seen = set()

        def is_first(name):
            if name in seen: return False
            seen.add(name)
            return True

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                name = address.split('@')[0]
                print(json.dumps({'asked': address}))
                if name.startswith('grey') and is_first(name): return '451 4.7.1 come again'
                if name.startswith('early') and is_first(name): await asyncio.sleep(600)
                if name.startswith('busy'): return '451 4.3.0 come again'
                if name.startswith('unknown'): return '550 5.1.1 no such mailbox'
                envelope.rcpt_tos.append(address)
                return '250 OK'

            async def handle_DATA(self, server, session, envelope):
                name = envelope.rcpt_tos[0].split('@')[0]
                if name.startswith('later'): return '452 4.3.1 disk full'
                if name.startswith('spam'): return '554 5.7.1 we do not want this'
                message = email.message_from_bytes(envelope.content, policy=email.policy.default)
                parts = {kind: message.get_body(preferencelist=(kind,)) for kind in ('plain', 'html')}
                text = {kind: part and part.get_content() for kind, part in parts.items()}
                defects = [repr(d) for part in message.walk() for d in part.defects]
                defects += [repr(d) for h in message.values() for d in h.defects]
                print(json.dumps({
                    'sender': envelope.mail_from, 'recipients': envelope.rcpt_tos,
                    'greeting': session.host_name, 'headers': dict(message.items()),
                    'names': message.keys(),
                    'source': envelope.content.decode('ascii'), 'text': text['plain'],
                    'html': text['html'], 'defects': defects}))
                if name.startswith('held') and is_first(name): await asyncio.sleep(600)
                if name.startswith('lost'):
                    server.transport.abort()
                return '250 2.0.0 queued as 4711'

        def authenticate(server, session, envelope, mechanism, data):
            right = (data.login, data.password) == (b'parley', 'pä55 word'.encode())
            return AuthResult(success=right, handled=False)

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[1])

        async def main():
            loop = asyncio.get_running_loop()
            def plain(): return SMTP(Handler(), hostname='mail.test')
            def starttls():
                return SMTP(Handler(), hostname='mail.test', tls_context=context,
                    require_starttls=True, authenticator=authenticate, auth_required=True)
            def tls():
                return SMTP(Handler(), hostname='mail.test', authenticator=authenticate,
                    auth_required=True, auth_require_tls=False)
            servers = [
                await loop.create_server(plain, '127.0.0.1', 0),
                await loop.create_server(starttls, '127.0.0.1', 0),
                await loop.create_server(tls, '127.0.0.1', 0, ssl=context),
                await loop.create_server(tls, '127.0.0.1', 0)]
            print(json.dumps([s.sockets[0].getsockname()[1] for s in servers]))
            await asyncio.Event().wait()

        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        asyncio.run(main())
        """

    // A key of nobody: for 127.0.0.1, made for these tests.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBnDCCAUGgAwIBAgIUSBkHu86TmssboiU2i72VJdJtAXcwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTA5MTEyM1oYDzIxMjYxMTA1
        MDkxMTIzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQsp+xbkzD9cX1umpddWjt6bgucbSbPyJskRwOBwzSx/sI+nUKTQsnk
        ff8Suiab5Bwzx/9Rg2IWQMObihlI1f+jo28wbTAdBgNVHQ4EFgQUeyNOrHj2HsZa
        uZ3V9ocCZvDb1G8wHwYDVR0jBBgwFoAUeyNOrHj2HsZauZ3V9ocCZvDb1G8wDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSQAwRgIhAP9cW/97dPNcvtbYWA9TEOW7gMdPEZ/pMAcoihZeNj6fAiEA
        5++QD4qvSKVNpPcGEJw4HbuVC1bCsd7u5cTH1Ry8g7A=
        -----END CERTIFICATE-----

        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1MeYgx2SY2v7xlSN
        VIbFxnZvePJKIBwaxAYav//yaoyhRANCAAQsp+xbkzD9cX1umpddWjt6bgucbSbP
        yJskRwOBwzSx/sI+nUKTQsnkff8Suiab5Bwzx/9Rg2IWQMObihlI1f+j
        -----END PRIVATE KEY-----

        """
}
