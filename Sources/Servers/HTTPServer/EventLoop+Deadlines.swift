extension EventLoop {
    /// The shortest time between two looks at all deadlines, in nanoseconds.
    private static let sweepInterval: UInt64 = 5_000_000

    /// How long the poller may wait, in milliseconds; for ever if no deadline is set.
    func timeout() -> Int32 {
        guard nextSweep != .max else { return -1 }
        let now = monotonicNanoseconds()
        let wait = nextSweep > now ? nextSweep - now : 0
        return Int32(clamping: max(wait, Self.sweepInterval) / 1_000_000 + 1)
    }

    /// Sets when the present phase has lasted too long.
    func updateDeadline(_ connection: ClientConnection) {
        var deadline = phaseDeadline(connection)
        if connection.pendingOutput > 0, connection.phase != .draining {
            deadline = min(deadline, connection.lastWriteProgress + limits.writeStall.nanoseconds)
        }
        connection.deadline = deadline
        nextSweep = min(nextSweep, deadline)
    }

    private func phaseDeadline(_ connection: ClientConnection) -> UInt64 {
        switch connection.phase {
        case .handling, .raw, .closing: return .max
        case .draining: return connection.deadline
        case .streaming: return streamDeadline(connection)
        case .reading: break
        }
        switch connection.parser.phase {
        case .idle where connection.requestCount > 0: return now + idleNanoseconds
        case .idle, .head, .failed:
            if connection.headStart == 0 { connection.headStart = now }
            return connection.headStart + headerDeadline
        case .body:
            if connection.bodyStart == 0 { connection.bodyStart = now }
            let earned = Duration.seconds(
                Double(connection.parser.bodyCount) / Double(max(1, limits.bodyBytesPerSecond)))
            let byRate = limits.bodyGrace.nanoseconds + earned.nanoseconds
            return connection.bodyStart + min(byRate, limits.bodyDeadline.nanoseconds)
        }
    }

    /// Ends every connection whose deadline has passed, and finds the next deadline.
    func sweep() {
        nextSweep = .max
        resumeAccepting()
        for connection in connections {
            guard let connection else { continue }
            if connection.deadline <= now { expire(connection) }
            if isOpen(connection) { nextSweep = min(nextSweep, connection.deadline) }
        }
    }

    private func expire(_ connection: ClientConnection) {
        let isStalled =
            connection.pendingOutput > 0
            && connection.lastWriteProgress + limits.writeStall.nanoseconds <= now
        let phase = connection.parser.phase
        guard !isStalled, connection.phase == .reading, phase == .head || phase == .body else {
            close(connection)
            return
        }
        reject(RequestRejection(408, "the request took too long to arrive"), on: connection)
        flush(connection)
    }
}
