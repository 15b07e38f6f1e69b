import CLibcurl

/// One mail on its way: gives it out, listens, and judges how it ended.
final class SMTPExchange {
    private let mail: [UInt8]
    private var given = 0
    private var dialogue = SMTPDialogue()

    init(_ mail: [UInt8]) {
        self.mail = mail
    }

    /// Gives the next bytes of the mail; 0 at its end.
    func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, mail.count - given)
        unsafe mail.withUnsafeBytes { bytes in
            unsafe room.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[given..<given + count]))
        }
        given += count
        // From here on the server may have all of it.
        if given == mail.count, dialogue.lastCommand != "." { dialogue.endedMail() }
        return count
    }

    /// Hears what goes over the wire; the mail itself is not listened to.
    func hear(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case CURLINFO_HEADER_IN: unsafe dialogue.heard(fromServer: bytes)
        case CURLINFO_HEADER_OUT: unsafe dialogue.heard(fromClient: bytes)
        default: break
        }
    }

    /// What curl's code means, together with what the server said.
    func outcome(_ code: CURLcode) -> Result<SMTPAcceptance, SMTPError> {
        // Taken is taken, even where the good-bye went wrong: then the last command is QUIT.
        let isTaken = code == CURLE_OK || wasTaken
        guard isTaken else { return .failure(error(code)) }
        return .success(SMTPAcceptance(reply: acceptance ?? "", dialogue: dialogue))
    }

    /// The server's answer to the end of the mail, if it was that it takes it.
    private var acceptance: String? {
        guard given == mail.count, let goodbye = endOfMail else { return nil }
        let answer = dialogue.lines[goodbye...].first { $0.speaker == .server }
        return answer.flatMap { $0.text.hasPrefix("2") ? $0.text : nil }
    }

    private var wasTaken: Bool { acceptance != nil }

    /// The place in the dialogue where the mail stands, after the server has asked for it (354).
    private var endOfMail: Int? {
        dialogue.lines.lastIndex { $0.speaker == .server && $0.text.hasPrefix("354") }.map {
            $0 + 1
        }
    }

    func error(_ code: CURLcode) -> SMTPError {
        let words = unsafe String(cString: curl_easy_strerror(code))
        let (command, reply) = (dialogue.lastCommand, dialogue.lastReply)
        if command == ".", reply == nil {
            return make(
                .unknownOutcome, code == CURLE_OPERATION_TIMEDOUT ? .timeout : .connection, words)
        }
        if let reply, (400...599).contains(reply) {
            // 530 wants us to sign in first (RFC 4954, 6).
            let isAboutMail = ["MAIL", "RCPT", "DATA", "."].contains(command) && reply != 530
            let reason: SMTPError.Reason =
                isAboutMail
                ? .refused
                : command == "AUTH" || reply == 530
                    ? .signIn : command == "STARTTLS" ? .tls : .other
            // A refused sign-in or greeting says nothing against the mail.
            let isFinal = isAboutMail && reply >= 500
            return make(isFinal ? .permanent : .transient, reason, dialogue.lastReplyText)
        }
        return make(.transient, Self.reason(code), words)
    }

    private func make(
        _ kind: SMTPError.Kind, _ reason: SMTPError.Reason, _ detail: String
    ) -> SMTPError {
        SMTPError(kind: kind, reason: reason, detail: detail, dialogue: dialogue)
    }

    private static func reason(_ code: CURLcode) -> SMTPError.Reason {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .nameResolution
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_LOGIN_DENIED: .signIn
        case CURLE_USE_SSL_FAILED, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR:
            .tls
        case CURLE_COULDNT_CONNECT, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            .connection
        default: .other
        }
    }
}
