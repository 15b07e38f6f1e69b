import CLibcurl
import Dispatch

/// Hands mails to one server over libcurl, one connection for each.
package struct SMTPClient: Sendable {
    /// How long connecting, TLS included, may take.
    private static let connectTimeoutMilliseconds = 15_000
    /// How long all may take; mail servers think before they answer (RFC 5321, 4.5.3.2).
    private static let timeoutMilliseconds = 90_000
    /// curl blocks: on threads of its own.
    private static let queue = DispatchQueue(label: "smtp", qos: .utility, attributes: .concurrent)
    /// curl_global_init(3), once in the process; harmless beside `HTTPClient`'s, which it counts.
    private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    private let server: SMTPServer

    /// A client of a server; connects to nothing yet.
    package init(_ server: SMTPServer) {
        self.server = server
    }

    /// Sends one mail from one address to one other: where several share a connection, one that is
    /// refused takes the others with it.
    ///
    /// `mail` is header and body as they go over the wire, lines ended by CRLF.
    package func send(
        _ mail: [UInt8], from sender: String, to recipient: String
    ) async throws(SMTPError) -> SMTPAcceptance {
        // curl 7.88 sends a line break in a recipient as a second command (curl#22119).
        guard Self.isAddress(sender), Self.isAddress(recipient) else {
            throw Self.malformed("an address has a character that no address has")
        }
        // curl 7.88 does not double a dot after a bare line feed, which would end the mail.
        guard Self.hasWholeLineEnds(mail) else {
            throw Self.malformed("a line does not end with CR and LF")
        }
        let result = await withCheckedContinuation { waiter in
            Self.queue.async {
                waiter.resume(returning: self.transfer(mail, from: sender, to: recipient))
            }
        }
        return try result.get()
    }

    private func transfer(
        _ mail: [UInt8], from sender: String, to recipient: String
    ) -> Result<SMTPAcceptance, SMTPError> {
        let exchange = SMTPExchange(mail)
        let code = perform(exchange, size: mail.count, from: sender, to: recipient)
        return exchange.outcome(code)
    }

    /// Runs the whole transfer; when it returns, curl has let go of the exchange.
    private func perform(
        _ exchange: SMTPExchange, size: Int, from sender: String, to recipient: String
    ) -> CURLcode {
        guard Self.isCurlReady, let handle = SMTPHandle() else { return CURLE_FAILED_INIT }
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_URL, server.url)
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeoutMilliseconds)
        handle.set(CURLOPT_TIMEOUT_MS, Self.timeoutMilliseconds)
        if server.security == .startTLS {
            handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        if let file = server.certificateFile { handle.set(CURLOPT_CAINFO, file) }
        if let credentials = server.credentials {
            handle.set(CURLOPT_USERNAME, credentials.user)
            handle.set(CURLOPT_PASSWORD, credentials.password)
        }
        handle.set(CURLOPT_MAIL_FROM, "<\(sender)>")
        handle.setRecipient("<\(recipient)>")
        handle.set(CURLOPT_UPLOAD, 1)
        handle.setSize(size)
        handle.setCallbacks(exchange)
        return handle.isIntact ? handle.perform() : CURLE_OUT_OF_MEMORY
    }

    private static func malformed(_ detail: String) -> SMTPError {
        SMTPError(kind: .permanent, reason: .form, detail: detail, dialogue: SMTPDialogue())
    }

    /// Whether a text can stand between the brackets of a path (RFC 5321, 4.1.2), in ASCII alone:
    /// more needs an extension that many servers lack.
    private static func isAddress(_ text: String) -> Bool {
        (3...254).contains(text.utf8.count) && text.contains("@")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3C && $0 != 0x3E }
    }

    private static func hasWholeLineEnds(_ mail: [UInt8]) -> Bool {
        var last: UInt8 = 0
        for byte in mail {
            if (byte == 0x0A) != (last == 0x0D) { return false }
            last = byte
        }
        return last != 0x0D
    }
}
