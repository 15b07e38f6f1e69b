import Foundation
import Glibc
import Synchronization

/// Stands between clients and noida-db 0.2.3, and corrects what it says of aborted transactions.
///
/// noida-db lists every transaction that was ever aborted in a partition with each answer to a
/// fetch; Kafka lists only those that reach into what is read. By the protocol a reader of
/// committed records then drops all later records of the same producer id, unless the abort's
/// marker comes in the same answer: a consumer that begins after an abort never sees what that
/// producer commits from then on. The relay leaves those out whose marker lies before the answer's
/// first record. All else goes through as it is, except that clients are told the relay's port
/// for the broker's, and to use versions of three requests that it can read.
package final class BrokerRelay: Sendable {
    /// Where clients find it, on 127.0.0.1.
    package let port: UInt16
    private let broker: UInt16
    private let markers: AbortMarkers
    private let listener: Int32
    private let open = Mutex(Open())

    private struct Open {
        var isCut = false
        var sockets: Set<Int32> = []
    }

    /// Listens before the broker on a port of 127.0.0.1; port 0 takes a free one.
    ///
    /// - Throws: `RelayError` if it cannot listen there.
    package init(before broker: UInt16, on port: UInt16 = 0) throws(RelayError) {
        self.broker = broker
        markers = AbortMarkers(broker: broker)
        (listener, self.port) = try Socket.listen(on: port)
        let listener = listener
        // For the process's life, like the broker's clients.
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    /// Breaks all connections, and every new one until ``restore()``.
    package func cut() {
        open.withLock { open in
            open.isCut = true
            for socket in open.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Lets connections through again.
    package func restore() {
        open.withLock { $0.isCut = false }
    }

    /// Whether a connection may be; then ``cut()`` will break it.
    private func admit(_ sockets: [Int32]) -> Bool {
        open.withLock { open in
            if !open.isCut { open.sockets.formUnion(sockets) }
            return !open.isCut
        }
    }

    private func end(_ sockets: [Int32]) {
        open.withLock { open in
            open.sockets.subtract(sockets)
            for socket in sockets { close(socket) }
        }
    }

    /// What is asked on a connection and not yet answered, by correlation id.
    private final class Asked: Sendable {
        let requests = Mutex<[Int32: RequestKind]>([:])
    }

    private func serve(_ client: Int32) {
        guard let server = Socket.connect(to: broker) else {
            close(client)
            return
        }
        guard admit([client, server]) else { return end([client, server]) }
        for socket in [client, server] { Socket.sendAtOnce(socket) }
        let asked = Asked()
        let isBack = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while var answer = Socket.readFrame(server) {
                self.correct(&answer, asked)
                guard Socket.writeFrame(answer, to: client) else { break }
            }
            // Wakes the other direction, too.
            for socket in [client, server] { shutdown(socket, Int32(SHUT_RDWR)) }
            isBack.signal()
        }
        while let request = Socket.readFrame(client) {
            var fields = Fields(request)
            if let kind = fields.int16(), let version = fields.int16(), let id = fields.int32(),
                let noted = RequestKind(kind, version)
            {
                asked.requests.withLock { $0[id] = noted }
            }
            guard Socket.writeFrame(request, to: server) else { break }
        }
        for socket in [client, server] { shutdown(socket, Int32(SHUT_RDWR)) }
        isBack.wait()
        end([client, server])
    }

    private func correct(_ answer: inout [UInt8], _ asked: Asked) {
        var fields = Fields(answer)
        guard let id = fields.int32(),
            let kind = asked.requests.withLock({ $0.removeValue(forKey: id) })
        else { return }
        // What cannot be read goes through as it is.
        switch kind {
        case .versions(let version): Answers.limitVersions(&answer, version)
        case .metadata(let version):
            Answers.movePorts(&answer, ofMetadata: version, from: broker, to: port)
        case .coordinator(let version):
            Answers.movePort(&answer, ofCoordinator: version, from: broker, to: port)
        case .fetch(let version):
            Answers.leaveOut(&answer, ofFetch: version) { topic, partition, aborted, first in
                guard
                    let marker = markers.marker(
                        of: aborted.producer, from: aborted.first, topic, partition)
                else { return false }
                return marker < first
            }
        }
    }
}

/// Why there is no relay.
package struct RelayError: Error {
    /// What went wrong.
    package var reason: String
}

/// A request whose answer is corrected, with its version.
enum RequestKind {
    case fetch(Int16)
    case metadata(Int16)
    case coordinator(Int16)
    case versions(Int16)

    /// By the protocol's number of the request (https://kafka.apache.org/protocol, "API keys").
    init?(_ key: Int16, _ version: Int16) {
        switch key {
        case 1: self = .fetch(version)
        case 3: self = .metadata(version)
        case 10: self = .coordinator(version)
        case 18: self = .versions(version)
        default: return nil
        }
    }

    /// The newest version of each that is not "flexible", which the relay can read.
    static let limits: [Int16: Int16] = [1: 11, 3: 8, 10: 2]
}
