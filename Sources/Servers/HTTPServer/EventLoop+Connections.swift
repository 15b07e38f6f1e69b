import Glibc

extension EventLoop {
    /// Does what a connection is ready for.
    func serve(_ readiness: Poller.Readiness) {
        guard let connection = connection(readiness.token) else { return }
        if readiness.isBroken, !readiness.canRead {
            close(connection)
            return
        }
        if readiness.canWrite {
            connection.phase == .raw ? flushRaw(connection) : advance(connection)
        }
        if readiness.canRead, isOpen(connection) { read(connection) }
    }

    private func read(_ connection: ClientConnection) {
        switch unsafe Socket.read(connection.descriptor, into: readBuffer) {
        case .count(let count): deliver(count, to: connection)
        case .end: endInput(connection)
        case .wouldBlock: break
        case .failed: close(connection)
        }
    }

    private func deliver(_ count: Int, to connection: ClientConnection) {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: readBuffer[..<count])
        switch connection.phase {
        case .reading:
            unsafe connection.parser.append(Span(_unsafeBytes: bytes))
            advance(connection)
            if isOpen(connection) { countComingBody(connection) }
        case .handling, .streaming:
            unsafe connection.parser.append(Span(_unsafeBytes: bytes))
            updateInterest(connection)
        case .closing: break
        case .draining:
            connection.drainedCount += count
            if connection.drainedCount > limits.lingerBytes { close(connection) }
        case .raw:
            unsafe connection.rawHandler?.received(Array(bytes))
        }
    }

    /// Refuses a body that would take more memory than all of them together may.
    private func countComingBody(_ connection: ClientConnection) {
        let coming = connection.phase == .reading ? connection.parser.bodyCount : 0
        let change = coming - connection.comingBodyBytes
        guard change != 0 else { return }
        connection.comingBodyBytes = coming
        guard !admission.count(comingBodyBytes: change), change > 0 else { return }
        _ = admission.count(comingBodyBytes: -coming)
        connection.comingBodyBytes = 0
        connection.parser = RequestParser(limits: limits)
        refuse(connection, because: "too much is being received; try again in a moment")
    }

    private func endInput(_ connection: ClientConnection) {
        connection.inputEnded = true
        switch connection.phase {
        case .reading: advance(connection)
        case .handling, .streaming, .closing: updateInterest(connection)
        case .draining, .raw: close(connection)
        }
    }

    /// Parses and hands on what is there, sends what is ready, and sets the next deadline.
    func advance(_ connection: ClientConnection) {
        while connection.phase == .reading, connection.pendingOutput < limits.writeBufferBytes {
            do {
                guard let event = try connection.parser.next() else { break }
                switch event {
                case .continueExpected:
                    connection.output.append(contentsOf: ResponseSerializer.continueLine)
                case .request(let request): dispatch(request, on: connection)
                }
            } catch {
                reject(error, on: connection)
            }
        }
        if connection.phase == .reading, connection.inputEnded { finishInput(connection) }
        flush(connection)
    }

    /// The peer half-closed while no request is in progress: the rest is sent, then closed.
    private func finishInput(_ connection: ClientConnection) {
        guard connection.pendingOutput < limits.writeBufferBytes else { return }
        if connection.parser.phase == .idle {
            connection.phase = .closing
        } else {
            reject(RequestRejection(400, "incomplete request"), on: connection)
        }
    }

    private func dispatch(_ request: HTTPRequest, on connection: ClientConnection) {
        connection.requestCount += 1
        connection.headStart = 0
        connection.bodyStart = 0
        connection.exchange.framing = .length
        connection.exchange.omitsBody = request.method == .head
        connection.exchange.minorVersion = request.minorVersion
        connection.exchange.closes =
            request.wantsClose || connection.requestCount >= limits.requestsPerConnection
        connection.phase = .handling
        connection.isInHandler = true
        handler(request, ResponseWriter(loop: self, token: connection.token))
        connection.isInHandler = false
        if let answer = connection.answer {
            connection.answer = nil
            respond(answer, for: connection)
        }
    }

    /// Queues the answer to the request in progress.
    func respond(_ response: HTTPResponse, for connection: ClientConnection) {
        guard connection.phase == .handling else { return }
        if let handler = response.upgradeHandler {
            upgrade(connection, response, handler)
            return
        }
        var exchange = connection.exchange
        exchange.closes = exchange.closes || isDraining
        exchange.date = date.value
        if let produce = response.producer {
            guard exchange.omitsBody else {
                return beginStream(response, produce, exchange, on: connection)
            }
            exchange.framing = exchange.minorVersion == 0 ? .untilClose : .chunked
        }
        append(response, exchange, to: connection)
        connection.phase = exchange.closes ? .closing : .reading
    }

    private func append(
        _ response: HTTPResponse, _ exchange: ResponseSerializer.Context,
        to connection: ClientConnection
    ) {
        if connection.pendingOutput == 0 { connection.lastWriteProgress = now }
        ResponseSerializer.append(response, exchange, to: &connection.output)
    }

    /// Answers what cannot be taken as a request; nothing more is read as one.
    func reject(_ rejection: RequestRejection, on connection: ClientConnection) {
        var exchange = ResponseSerializer.Context()
        exchange.closes = true
        exchange.date = date.value
        let codes = [408: "timeout", 413: "too_large"]
        let code = codes[rejection.status] ?? "invalid_request"
        append(
            Problem(rejection.status, code, rejection.reason).response, exchange, to: connection)
        connection.phase = .closing
    }

    private func upgrade(
        _ connection: ClientConnection, _ response: HTTPResponse,
        _ handler: any RawConnectionHandler
    ) {
        append(response, ResponseSerializer.Context(), to: connection)
        connection.phase = .raw
        let raw = RawConnection(
            loop: self, token: connection.token, remoteAddress: connection.remoteAddress,
            capacity: limits.writeBufferBytes)
        connection.raw = raw
        connection.rawHandler = handler
        handler.connected(raw)
        // The peer's next octets belong to the new protocol (RFC 9110, 7.8).
        let rest = connection.parser.takeRemainder()
        if !rest.isEmpty { handler.received(rest) }
        if isDraining { handler.shuttingDown() }
    }

    /// Sends what the socket takes, and moves on when all is sent.
    func flush(_ connection: ClientConnection) {
        while connection.pendingOutput > 0 {
            let outcome = Socket.write(
                connection.descriptor, connection.output, from: connection.outputStart)
            switch outcome {
            case .count(let count):
                connection.lastWriteProgress = now
                connection.didWrite(count)
                continue
            case .wouldBlock: break
            case .end, .failed:
                close(connection)
                return
            }
            break
        }
        if connection.phase == .closing, connection.pendingOutput == 0 { halfClose(connection) }
        guard isOpen(connection) else { return }
        connection.stream?.noteRemaining(connection.pendingOutput)
        updateInterest(connection)
        updateDeadline(connection)
    }

    /// Closes in stages, so that a peer that still sends can read the answer (RFC 9112, 9.6).
    private func halfClose(_ connection: ClientConnection) {
        guard !connection.inputEnded else {
            close(connection)
            return
        }
        Socket.finishWriting(connection.descriptor)
        connection.phase = .draining
        connection.deadline = now + limits.linger.nanoseconds
    }

    /// Watches for what the connection can use now; a system call only if that changed.
    func updateInterest(_ connection: ClientConnection) {
        var interest: UInt32 = connection.pendingOutput > 0 ? Poller.write : 0
        if wantsInput(connection) { interest |= Poller.read }
        guard interest != connection.interest else { return }
        connection.interest = interest
        poller.change(connection.descriptor, interest, token: connection.token)
    }

    private func wantsInput(_ connection: ClientConnection) -> Bool {
        guard !connection.inputEnded else { return false }
        switch connection.phase {
        case .reading: return connection.pendingOutput < limits.writeBufferBytes
        case .handling, .streaming:
            return connection.parser.bufferedCount < limits.pipelinedBytes
        case .closing: return false
        case .draining: return true
        case .raw: return !connection.readingPaused
        }
    }

    /// Sends what the upgraded connection's owner queued.
    func flushRaw(_ connection: ClientConnection) {
        guard let raw = connection.raw else { return }
        let before = connection.pendingOutput
        raw.drain(into: &connection.output)
        if before == 0 { connection.lastWriteProgress = now }
        flush(connection)
        guard isOpen(connection) else { return }
        if raw.noteRemaining(connection.pendingOutput) { connection.rawHandler?.drained() }
    }

    /// Sends what is queued, then closes in stages.
    func closeRaw(_ connection: ClientConnection) {
        connection.raw?.drain(into: &connection.output)
        connection.phase = .closing
        flush(connection)
    }
}
