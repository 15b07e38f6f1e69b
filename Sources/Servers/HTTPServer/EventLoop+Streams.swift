extension EventLoop {
    /// Begins an answer whose body is made piece by piece.
    func beginStream(
        _ response: HTTPResponse, _ produce: @escaping BodyWriter.Producer,
        _ exchange: ResponseSerializer.Context, on connection: ClientConnection
    ) {
        guard admission.enterStream() else {
            connection.exchange = exchange
            let busy = Problem(503, "overloaded", "too many long answers at once; try again soon")
            return respond(busy.response(headers: [("Retry-After", "1")]), for: connection)
        }
        var exchange = exchange
        exchange.framing = exchange.minorVersion == 0 ? .untilClose : .chunked
        // Without a length or chunks only the end of the connection ends the body (RFC 9112, 6.3).
        exchange.closes = exchange.closes || exchange.framing == .untilClose
        connection.exchange = exchange
        ResponseSerializer.append(response, exchange, to: &connection.output)
        if connection.pendingOutput > 0 { connection.lastWriteProgress = now }
        connection.phase = .streaming
        connection.streamStart = now
        connection.lastProduced = now
        let token = connection.token
        let stream = BodyWriter(capacity: limits.streamBufferBytes) { [weak self] in
            self?.post(.flushStream(token))
        }
        connection.stream = stream
        stream.start(produce) { [weak self] isWhole in
            self?.post(isWhole ? .endStream(token) : .abort(token))
        }
    }

    /// Sends what was made of a body.
    func flushStream(_ connection: ClientConnection) {
        takeWritten(of: connection)
        flush(connection)
    }

    /// Ends a body that is whole.
    func endStream(_ connection: ClientConnection) {
        guard connection.phase == .streaming else { return }
        takeWritten(of: connection)
        if connection.exchange.framing == .chunked {
            connection.output.append(contentsOf: ResponseSerializer.lastChunk)
        }
        leaveStream(connection)
        connection.phase = connection.exchange.closes || isDraining ? .closing : .reading
        advance(connection)
    }

    /// Forgets a connection's stream; who makes it is told that nobody reads any more.
    func leaveStream(_ connection: ClientConnection) {
        guard let stream = connection.stream else { return }
        connection.stream = nil
        stream.close()
        admission.leaveStream()
    }

    private func takeWritten(of connection: ClientConnection) {
        guard let bytes = connection.stream?.takeWritten(), !bytes.isEmpty else { return }
        connection.lastProduced = now
        if connection.pendingOutput == 0 { connection.lastWriteProgress = now }
        if connection.exchange.framing == .chunked {
            ResponseSerializer.appendChunk(bytes, to: &connection.output)
        } else {
            connection.output.append(contentsOf: bytes)
        }
    }

    /// When a stream has lasted too long, or its maker been silent too long.
    func streamDeadline(_ connection: ClientConnection) -> UInt64 {
        let silence = connection.lastProduced + limits.streamSilence.nanoseconds
        let end = connection.streamStart + limits.streamDeadline.nanoseconds
        return connection.pendingOutput > 0 ? end : min(silence, end)
    }
}
