import Synchronization

/// What takes over a connection after an upgrade; its methods are called on the event loop's
/// thread, one at a time, and must not block.
package protocol RawConnectionHandler: AnyObject, Sendable {
    /// The response was queued; octets may be sent from now on.
    func connected(_ connection: RawConnection)
    /// Octets came.
    func received(_ bytes: [UInt8])
    /// All that was sent has left the output buffer.
    func drained()
    /// The server is shutting down: say goodbye and close soon.
    func shuttingDown()
    /// The connection is gone; the last call, made exactly once.
    func closed()
}

/// The server's side of a connection that was upgraded; usable from any thread.
package final class RawConnection: Sendable {
    /// What became of octets given to `send`.
    package enum SendOutcome: Sendable, Equatable {
        /// They are queued.
        case accepted
        /// The output buffer has no room; the peer reads too slowly. Nothing was queued.
        case full
        /// The connection is closed or closing. Nothing was queued.
        case closed
    }

    struct Outbox {
        var bytes: [UInt8] = []
        /// Octets that the loop took and the socket did not take yet.
        var inLoop = 0
        var isScheduled = false
        var isClosed = false
    }

    /// The numeric address of the peer.
    package let remoteAddress: String
    private let capacity: Int
    private let loop: EventLoop
    private let token: UInt64
    private let outbox = Mutex(Outbox())

    init(loop: EventLoop, token: UInt64, remoteAddress: String, capacity: Int) {
        self.loop = loop
        self.token = token
        self.remoteAddress = remoteAddress
        self.capacity = capacity
    }

    /// Octets queued and not yet taken by the socket.
    package var bufferedCount: Int { outbox.withLock { $0.bytes.count + $0.inLoop } }

    /// Queues octets; whole or not at all.
    package func send(_ bytes: [UInt8]) -> SendOutcome {
        let (outcome, mustSchedule) = outbox.withLock { box -> (SendOutcome, Bool) in
            if box.isClosed { return (.closed, false) }
            let buffered = box.bytes.count + box.inLoop
            // One message beyond the cap is taken by an empty buffer, else it never could be.
            guard buffered == 0 || buffered + bytes.count <= capacity else {
                return (.full, false)
            }
            box.bytes.append(contentsOf: bytes)
            defer { box.isScheduled = true }
            return (.accepted, !box.isScheduled)
        }
        if mustSchedule { loop.post(.flushRaw(token)) }
        return outcome
    }

    /// Closes after what was sent has left.
    package func close() {
        let isFirst = outbox.withLock { box in
            defer { box.isClosed = true }
            return !box.isClosed
        }
        if isFirst { loop.post(.closeRaw(token)) }
    }

    /// Closes at once, dropping what was not sent.
    package func abort() {
        outbox.withLock { $0.isClosed = true }
        loop.post(.abort(token))
    }

    /// Stops or resumes reading, so that a busy receiver pushes back on the peer.
    package func setReading(_ isReading: Bool) {
        loop.post(.setReading(token, isReading))
    }

    /// Moves what is queued to the loop's buffer.
    func drain(into output: inout [UInt8]) {
        outbox.withLock { box in
            box.isScheduled = false
            output.append(contentsOf: box.bytes)
            box.inLoop += box.bytes.count
            box.bytes.removeAll(keepingCapacity: box.bytes.capacity <= 16_384)
        }
    }

    /// Notes how many octets the loop still holds; true if none are left anywhere.
    func noteRemaining(_ count: Int) -> Bool {
        outbox.withLock { box in
            box.inLoop = count
            return count == 0 && box.bytes.isEmpty
        }
    }

    func markClosed() {
        outbox.withLock { $0.isClosed = true }
    }
}
