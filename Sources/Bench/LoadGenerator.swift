/// What came of a load.
struct LoadResult: Sendable {
    /// The requests that were answered 200, warm-up and all.
    var acknowledged: [Int] = []
    /// Other answers by status; 0 counts connections that broke.
    var failures: [Int: Int] = [:]
    /// Nanoseconds until the 200, without the warm-up.
    var nanoseconds: [UInt64] = []
    /// How long the measured part lasted, in seconds.
    var seconds = 0.0
    /// Whether the requests were used up before the time was.
    var ranOut = false

    /// Answers 200 a second.
    var rate: Double { seconds > 0 ? Double(nanoseconds.count) / seconds : 0 }
}

/// Sends a corpus over kept-alive connections, one request at a time on each, from one thread.
struct LoadGenerator {
    /// An answer that takes longer is given up with its connection.
    private static let patience: UInt64 = 10_000_000_000

    private struct Exchange {
        var request = 0
        var began: UInt64 = 0
        /// The first byte that is not sent yet.
        var unsent = 0
        var answer = AnswerReader()
        var isBusy = false
        var isGone = false
    }

    let corpus: WebhookCorpus
    let port: Int
    let connections: Int
    let warmUp: UInt64
    let measured: UInt64

    /// Sends until the time is over, then waits for what is under way; blocks its thread.
    ///
    /// - Throws: `ClientSocket.Failure` if the server cannot be reached.
    func run() throws -> LoadResult {
        var run = try Run(self)
        run.perform()
        return run.result
    }

    /// One run's state, on one thread.
    private struct Run: ~Copyable {
        private let plan: LoadGenerator
        private let sockets: [SocketBox]
        private var ready = ReadinessSet()
        private var exchanges: [Exchange]
        private var buffer = [UInt8](repeating: 0, count: 16_384)
        private var next = 0
        private let start: UInt64
        private var busy = 0
        private(set) var result = LoadResult()

        init(_ plan: LoadGenerator) throws {
            self.plan = plan
            sockets = try (0..<plan.connections).map { _ in
                SocketBox(try ClientSocket(port: plan.port))
            }
            exchanges = Array(repeating: Exchange(), count: plan.connections)
            for (index, box) in sockets.enumerated() {
                ready.add(box.socket.descriptor, index: index)
            }
            start = ProcessUsage.nanoseconds()
        }

        mutating func perform() {
            let end = start + plan.warmUp + plan.measured
            for index in exchanges.indices { begin(index, at: start) }
            var now = start
            var indices: [Int] = []
            while busy > 0, now < end + LoadGenerator.patience {
                indices.removeAll(keepingCapacity: true)
                ready.wait(milliseconds: 10) { indices.append($0) }
                for index in indices {
                    guard receive(index) else { continue }
                    now = ProcessUsage.nanoseconds()
                    finish(index, at: now)
                    if now < end, !exchanges[index].isGone { begin(index, at: now) }
                }
                if indices.isEmpty { resend() }
                now = ProcessUsage.nanoseconds()
            }
            if busy > 0 { result.failures[0, default: 0] += busy }
            result.seconds = Double(plan.measured) / 1e9
            if result.ranOut {
                result.seconds = Double(now - start - plan.warmUp) / 1e9
            }
        }

        private mutating func begin(_ index: Int, at now: UInt64) {
            guard next < plan.corpus.count else {
                result.ranOut = true
                return
            }
            exchanges[index].request = next
            exchanges[index].began = now
            exchanges[index].unsent = plan.corpus.range(next).lowerBound
            exchanges[index].isBusy = true
            next += 1
            busy += 1
            send(index)
        }

        private mutating func send(_ index: Int) {
            let end = plan.corpus.range(exchanges[index].request).upperBound
            let unsent = exchanges[index].unsent
            guard unsent < end else { return }
            if let count = sockets[index].socket.send(plan.corpus.bytes, unsent..<end) {
                exchanges[index].unsent += count
            }
        }

        /// A socket buffer holds several requests of this size, so this is hardly ever needed.
        private mutating func resend() {
            for index in exchanges.indices where exchanges[index].isBusy { send(index) }
        }

        /// Reads; whether the exchange is over.
        private mutating func receive(_ index: Int) -> Bool {
            guard exchanges[index].isBusy else { return false }
            guard let count = sockets[index].socket.receive(into: &buffer) else {
                exchanges[index].isGone = true
                return true
            }
            return exchanges[index].answer.append(buffer, count)
        }

        private mutating func finish(_ index: Int, at now: UInt64) {
            busy -= 1
            exchanges[index].isBusy = false
            let status = exchanges[index].isGone ? 0 : exchanges[index].answer.status
            exchanges[index].answer = AnswerReader()
            guard status == 200 else {
                result.failures[status, default: 0] += 1
                return
            }
            result.acknowledged.append(exchanges[index].request)
            let began = exchanges[index].began
            if began >= start + plan.warmUp { result.nanoseconds.append(now - began) }
        }
    }

    /// Holds a socket in an array, which takes no noncopyable elements.
    private final class SocketBox {
        let socket: ClientSocket
        init(_ socket: consuming ClientSocket) { self.socket = socket }
    }
}

/// Finds the end of an answer: head, and a body of known length.
struct AnswerReader: Sendable {
    private var head: [UInt8] = []
    private var bodyLeft: Int?
    private(set) var status = 0

    /// Takes bytes; whether the answer is whole.
    mutating func append(_ bytes: [UInt8], _ count: Int) -> Bool {
        if let left = bodyLeft {
            bodyLeft = left - count
            return left <= count
        }
        head.append(contentsOf: bytes[..<count])
        guard head.count >= 4, let end = Self.endOfHead(head) else { return false }
        let text = String(decoding: head[..<end], as: UTF8.self)
        status = Int(text.dropFirst(9).prefix(3)) ?? 0
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        let length = line.flatMap { Int($0.dropFirst(16)) } ?? 0
        let left = length - (head.count - end)
        bodyLeft = left
        return left <= 0
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        var at = 3
        while at < bytes.count {
            if bytes[at] == 10, bytes[at - 1] == 13, bytes[at - 2] == 10 { return at + 1 }
            at += 1
        }
        return nil
    }
}
