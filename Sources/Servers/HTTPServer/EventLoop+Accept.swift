import Glibc

extension EventLoop {
    /// Connections taken at one wake, so that open ones get their turn.
    private static let acceptsAtOnce = 64
    /// Pause in accepting after descriptors ran out, in nanoseconds.
    private static let acceptPause: UInt64 = 200_000_000

    /// Begins to accept; called before the thread starts.
    func listen(on descriptor: Int32, handingTo loops: [EventLoop]) {
        listener = descriptor
        siblings = loops
        _ = poller.add(descriptor, Poller.read, token: Poller.listenerToken)
    }

    func acceptWaiting() {
        for _ in 0..<Self.acceptsAtOnce {
            guard listener >= 0 else { return }
            switch Socket.accept(listener) {
            case .none: return
            case .exhausted:
                poller.remove(listener)
                acceptAgainAt = now + Self.acceptPause
                nextSweep = min(nextSweep, now + Self.acceptPause)
                return
            case .connection(let descriptor, let address): welcome(descriptor, address)
            }
        }
    }

    func resumeAccepting() {
        guard let time = acceptAgainAt else { return }
        guard time <= now else {
            nextSweep = min(nextSweep, time)
            return
        }
        acceptAgainAt = nil
        _ = poller.add(listener, Poller.read, token: Poller.listenerToken)
    }

    private func welcome(_ descriptor: Int32, _ address: String) {
        let decision = admission.enter(address)
        if decision == .dropped {
            Glibc.close(descriptor)
            return
        }
        let loop = siblings[acceptedCount % siblings.count]
        acceptedCount += 1
        loop.post(.adopt(descriptor, address: address, isRefused: decision == .refused))
    }

    /// Takes a new connection into this loop.
    func adopt(_ descriptor: Int32, address: String, isRefused: Bool) {
        serial &+= 1
        if serial == 0 { serial = 1 }
        let token = UInt64(serial) << 32 | UInt64(UInt32(bitPattern: descriptor))
        guard !isDraining, poller.add(descriptor, Poller.read, token: token) else {
            Glibc.close(descriptor)
            admission.leave(address, wasRefused: isRefused)
            return
        }
        let connection = ClientConnection(
            descriptor: descriptor, token: token, remoteAddress: address,
            parser: RequestParser(limits: limits, bodyLimit: bodyLimit, remoteAddress: address),
            now: now, headerDeadline: headerDeadline)
        connection.isOverLimit = isRefused
        let index = Int(descriptor)
        while connections.count <= index { connections.append(nil) }
        connections[index] = connection
        openCount += 1
        if isRefused {
            refuse(connection, because: "too many connections; try again in a moment")
        } else {
            nextSweep = min(nextSweep, connection.deadline)
        }
    }

    /// Answers 503 and closes.
    func refuse(_ connection: ClientConnection, because message: String) {
        let response = Problem(503, "overloaded", message)
            .response(headers: [("Retry-After", "1")])
        connection.exchange = ResponseSerializer.Context()
        connection.exchange.closes = true
        connection.phase = .handling
        respond(response, for: connection)
        advance(connection)
    }

    /// Closes a connection and forgets it.
    func close(_ connection: ClientConnection) {
        let index = Int(connection.descriptor)
        guard connections[index] === connection else { return }
        connections[index] = nil
        openCount -= 1
        Glibc.close(connection.descriptor)
        admission.leave(connection.remoteAddress, wasRefused: connection.isOverLimit)
        _ = admission.count(comingBodyBytes: -connection.comingBodyBytes)
        leaveStream(connection)
        connection.raw?.markClosed()
        connection.rawHandler?.closed()
        connection.rawHandler = nil
    }

    func isOpen(_ connection: ClientConnection) -> Bool {
        connections[Int(connection.descriptor)] === connection
    }
}
