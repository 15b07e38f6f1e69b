import Cryptography
import Foundation
import Synchronization

/// Many agents' sockets, read by one thread: each notes when it hears of which change.
final class DeskListeners: Sendable {
    /// What was heard.
    struct Heard: Sendable {
        /// From the commit of a change until a socket had it.
        var nanoseconds: [UInt64] = []
        /// How often a socket heard a change again.
        var twice = 0
        /// Sockets that the console closed.
        var closed = 0
    }

    private struct State {
        var sockets: [ListeningSocket] = []
        /// How many of them are read already.
        var taken = 0
        var committed: [UInt64] = []
        /// Which socket heard what, and when: before its commit was noted, too.
        var heard: [(change: Int, at: UInt64)] = []
        var closed = 0
        var isEnding = false
    }

    private static let patience: UInt64 = 30_000_000_000

    private let port: Int
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)
    private let isReading = Atomic(false)

    init(port: Int) throws { self.port = port }

    /// Words by which a change is known again.
    static func words(_ number: Int) -> String {
        "Zq\(String(10_000_000 + number)) the customer asks whether it is still there"
    }

    /// The change that text tells of which begins at a place.
    static func change(in bytes: [UInt8], at place: Int) -> Int? {
        guard place + 10 <= bytes.count, bytes[place] == UInt8(ascii: "Z"),
            bytes[place + 1] == UInt8(ascii: "q")
        else { return nil }
        var number = 0
        for byte in bytes[(place + 2)..<(place + 10)] {
            guard (48...57).contains(byte) else { return nil }
            number = number * 10 + Int(byte) - 48
        }
        return number - 10_000_000
    }

    /// Opens a socket, says hello, and waits for the first page.
    func open(_ protocols: [String]) throws {
        let socket = try ListeningSocket(port: port)
        let key = Cryptography.Base64.encode(try RandomBytes.make(count: 16))
        let request =
            "GET /api/v1/agent HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n"
            + "Sec-WebSocket-Protocol: \(protocols.joined(separator: ", "))\r\n\r\n"
        socket.send(Array(request.utf8))
        socket.send(
            ListeningSocket.frame(1, Array(#"{"type":"hello","protocol":2}"#.utf8)))
        let end = ProcessUsage.nanoseconds() + Self.patience
        while !socket.isWelcome {
            guard socket.read(), ProcessUsage.nanoseconds() < end else {
                throw RunningPipeline.Failure(
                    description: "the console let an agent's socket not in: \(socket.said)")
            }
            if !socket.isWelcome { usleep(200) }
        }
        state.withLock { $0.sockets.append(socket) }
    }

    /// Reads all sockets, also those to come, on a thread of its own until ``end()``.
    func begin() {
        isReading.store(true, ordering: .releasing)
        let thread = Thread { self.listen() }
        thread.qualityOfService = .userInteractive
        thread.start()
    }

    private func listen() {
        var sockets: [ListeningSocket] = []
        var ready = ReadinessSet()
        while !state.withLock({ $0.isEnding }) {
            let fresh = state.withLock { state in
                defer { state.taken = state.sockets.count }
                return Array(state.sockets[state.taken...])
            }
            for socket in fresh {
                ready.add(socket.descriptor, index: sockets.count)
                sockets.append(socket)
            }
            var heard: [(change: Int, at: UInt64)] = []
            var closed = 0
            ready.wait(milliseconds: 20) { index in
                let socket = sockets[index]
                if socket.isGone { return }
                // What it had before it was taken apart.
                let now = ProcessUsage.nanoseconds()
                let isOpen = socket.read()
                for change in socket.takeHeard() { heard.append((change, now)) }
                if !isOpen {
                    socket.isGone = true
                    closed += 1
                }
            }
            guard !heard.isEmpty || closed > 0 else { continue }
            state.withLock { state in
                state.heard += heard
                state.closed += closed
            }
        }
        ended.signal()
    }

    /// Notes that a change is in the log.
    func committed(_ number: Int, at now: UInt64) {
        state.withLock { state in
            while state.committed.count <= number { state.committed.append(now) }
            state.committed[number] = now
        }
    }

    /// How often changes were heard so far.
    var heardCount: Int { state.withLock { $0.heard.count } }

    /// Stops, and says what was heard.
    func end() -> Heard {
        state.withLock { $0.isEnding = true }
        if isReading.load(ordering: .acquiring) { ended.wait() }
        return state.withLock { state in
            defer { state.sockets = [] }
            var heard = Heard()
            heard.closed = state.closed
            heard.twice = state.sockets.reduce(0) { $0 + $1.twice }
            for each in state.heard where each.change < state.committed.count {
                // Heard before the appender's answer was: at once.
                let committed = min(state.committed[each.change], each.at)
                heard.nanoseconds.append(each.at - committed)
            }
            return heard
        }
    }
}

/// One agent's socket; it is used by one thread at a time, which is why it may be
/// `@unchecked Sendable`.
final class ListeningSocket: @unchecked Sendable {
    private let socket: ClientSocket
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var unread: [UInt8] = []
    private var heard: [Int] = []
    /// The changes that were heard.
    private var known: [Bool] = []
    private var isUpgraded = false
    /// Whether the first page came.
    private(set) var isWelcome = false
    /// How often a change came again.
    private(set) var twice = 0
    /// What the console said first, for a message.
    private(set) var said = ""
    var isGone = false

    init(port: Int) throws { socket = try ClientSocket(port: port) }

    var descriptor: Int32 { socket.descriptor }

    func send(_ bytes: [UInt8]) { _ = socket.send(bytes, 0..<bytes.count) }

    func takeHeard() -> [Int] {
        defer { heard = [] }
        return heard
    }

    /// A masked frame; the mask is nothing, as nobody stands between.
    static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0x80 | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    }

    /// Reads what is there; whether the socket is open.
    func read() -> Bool {
        while let count = socket.receive(into: &buffer) {
            guard count > 0 else { return true }
            unread += buffer[..<count]
            take()
            if count < buffer.count { return true }
        }
        return false
    }

    private func take() {
        if !isUpgraded {
            said = String(decoding: unread.prefix(200), as: UTF8.self)
            guard let end = Self.endOfHead(unread) else { return }
            unread.removeFirst(end)
            isUpgraded = true
        }
        var place = 0
        while let (opcode, payload) = Self.frame(in: unread, at: place) {
            if opcode == 9 { send(Self.frame(10, Array(unread[payload]))) }
            if opcode == 1 { take(unread[payload]) }
            place = payload.upperBound
        }
        unread.removeFirst(place)
    }

    private func take(_ text: ArraySlice<UInt8>) {
        if !isWelcome {
            said = String(decoding: text.prefix(200), as: UTF8.self)
            isWelcome =
                text.suffix(200).reversed().starts(with: #"}"#.utf8.reversed())
                && String(decoding: text, as: UTF8.self).contains(#""type":"queue""#)
        }
        let bytes = Array(text)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "Z"),
                let change = DeskListeners.change(in: bytes, at: index)
            {
                note(change)
                index += 10
            } else {
                index += 1
            }
        }
    }

    private func note(_ change: Int) {
        while known.count <= change { known.append(false) }
        if known[change] { twice += 1 } else { heard.append(change) }
        known[change] = true
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
    }

    /// The frame that begins at a place, if it is whole.
    static func frame(in bytes: [UInt8], at place: Int) -> (opcode: UInt8, Range<Int>)? {
        guard bytes.count >= place + 2 else { return nil }
        var length = Int(bytes[place + 1] & 0x7f)
        var start = place + 2
        let more = length == 126 ? 2 : length == 127 ? 8 : 0
        if more > 0 {
            guard bytes.count >= start + more else { return nil }
            length = bytes[start..<(start + more)].reduce(0) { $0 << 8 | Int($1) }
            start += more
        }
        guard bytes.count >= start + length else { return nil }
        return (bytes[place] & 0x0f, start..<(start + length))
    }
}
