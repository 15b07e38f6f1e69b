import WebSocket

/// What must hold for any bytes of a WebSocket peer (RFC 6455), against a plain reading of them.
enum FrameProperties {
    static let limits: WebSocketLimits = {
        var limits = WebSocketLimits()
        limits.messageBytes = 400
        limits.fragments = 6
        return limits
    }()

    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        for role in [WebSocketRole.server, .client] {
            let whole = summary(run([bytes[...]], role))
            for pieces in Cuts.all(bytes) {
                let cut = summary(run(pieces, role))
                try hold(cut == whole, "in \(pieces.count) pieces \(cut), whole \(whole)")
            }
        }
        let actions = run([bytes[...]], .server)
        try answers(actions)
        try compare(actions, PlainFrames(bytes))
        try roundTrip(bytes)
    }

    private static func run(
        _ pieces: [ArraySlice<UInt8>], _ role: WebSocketRole
    ) -> [WebSocketStateMachine.Action] {
        var machine = WebSocketStateMachine(role: role, limits: limits)
        return pieces.flatMap { machine.receive(Array($0)) }
    }

    /// A client's frames bear a chance mask, so only that they are sent is compared.
    private static func summary(_ actions: [WebSocketStateMachine.Action]) -> [String] {
        actions.map { action in
            guard case .send(let frame) = action, frame.count > 1, frame[1] & 0x80 != 0 else {
                return "\(action)"
            }
            return "send \(frame[0]), \(frame.count) bytes"
        }
    }

    /// What a server sends by itself is well-formed, and nothing comes after the end.
    private static func answers(
        _ actions: [WebSocketStateMachine.Action]
    ) throws(PropertyViolation) {
        var closes = 0
        for (index, action) in actions.enumerated() {
            switch action {
            case .send(let frame):
                try hold(
                    frame.count >= 2 && frame.count == 2 + Int(frame[1]) && frame[1] <= 125,
                    "a malformed frame is sent: \(frame)")
                try hold(frame[0] == 0x8A || frame[0] == 0x88, "a frame \(frame[0]) is sent")
                guard frame[0] == 0x88 else { continue }
                closes += 1
                guard frame[1] > 0 else { continue }
                let code = UInt16(frame[2]) << 8 | UInt16(frame[3])
                try hold(PlainFrames.isSendable(code), "code \(code) is sent")
            case .disconnect:
                try hold(index == actions.count - 1, "something comes after the end: \(actions)")
            case .deliver(.text(let text)):
                try hold(text.utf8.count <= limits.messageBytes, "a message too big is delivered")
            case .deliver(.binary(let bytes)):
                try hold(bytes.count <= limits.messageBytes, "a message too big is delivered")
            case .pong: break
            }
        }
        try hold(closes <= 1, "\(closes) closes are sent")
    }

    private static func compare(
        _ actions: [WebSocketStateMachine.Action], _ plain: PlainFrames
    ) throws(PropertyViolation) {
        var delivered: [WebSocketMessage] = []
        var pongs: [[UInt8]] = []
        var end: UInt16?
        for action in actions {
            switch action {
            case .deliver(let message): delivered.append(message)
            case .send(let frame): if frame[0] == 0x8A { pongs.append(Array(frame[2...])) }
            case .disconnect(let close): end = close.code
            case .pong: break
            }
        }
        try hold(
            delivered == plain.delivered, "\(delivered) is delivered, not \(plain.delivered)")
        try hold(pongs == plain.pings, "pings \(plain.pings) are answered with \(pongs)")
        if let code = plain.end {
            // Where text is wrong and its frame too big, either may be found first.
            try hold(end == code, "the end is \(end as Any), not \(code)")
        } else {
            // The last frame is cut off; what is wrong in it may be seen already.
            try hold([nil, 1_002, 1_007, 1_009].contains(end), "the end is \(end as Any)")
        }
    }

    /// What a client writes, a server reads, however it is cut.
    private static func roundTrip(_ bytes: [UInt8]) throws(PropertyViolation) {
        let client = WebSocketStateMachine(role: .client, limits: limits)
        let message = WebSocketMessage.binary(Array(bytes.prefix(limits.messageBytes)))
        guard let frame = client.frame(message) else {
            throw PropertyViolation(description: "an open connection takes no message")
        }
        for pieces in Cuts.all(frame) {
            let found = run(pieces, .server)
            try hold(found == [.deliver(message)], "\(message) became \(found)")
        }
    }
}

/// Reads a client's frames the plain way: whole frames only, the rules in order.
struct PlainFrames {
    private(set) var delivered: [WebSocketMessage] = []
    private(set) var pings: [[UInt8]] = []
    /// The code that the connection ends with, or nil where the bytes end first.
    private(set) var end: UInt16?
    private var opcode: UInt8?
    private var message: [UInt8] = []
    private var fragments = 0

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while end == nil, let frame = Frame(&rest) { take(frame) }
    }

    static func isSendable(_ code: UInt16) -> Bool {
        (1_000...1_014).contains(code) && ![1_004, 1_005, 1_006].contains(code)
            || (3_000...4_999).contains(code)
    }

    private struct Frame {
        let first: UInt8
        let payload: [UInt8]
        let isWrong: Bool

        init?(_ rest: inout ArraySlice<UInt8>) {
            let bytes = Array(rest)
            guard bytes.count >= 2 else { return nil }
            first = bytes[0]
            let short = Int(bytes[1] & 0x7F)
            var at = 2
            var length = UInt64(short)
            if short >= 126 {
                let count = short == 126 ? 2 : 8
                guard bytes.count >= 2 + count else { return nil }
                length = bytes[2..<(2 + count)].reduce(0) { $0 << 8 | UInt64($1) }
                at += count
            }
            let isShortest = length > (short == 127 ? 65_535 : short == 126 ? 125 : 0)
            let wrong =
                first & 0x70 != 0 || ![0, 1, 2, 8, 9, 10].contains(first & 15)
                || bytes[1] & 0x80 == 0 || (short >= 126 && !isShortest)
                || (first & 8 != 0 && (first & 0x80 == 0 || length > 125))
            guard !wrong else {
                (payload, isWrong) = ([], true)
                return
            }
            guard UInt64(bytes.count - at) >= 4, length <= UInt64(bytes.count - at - 4) else {
                return nil
            }
            let mask = Array(bytes[at..<(at + 4)])
            let data = bytes[(at + 4)..<(at + 4 + Int(length))]
            payload = data.enumerated().map { $1 ^ mask[$0 % 4] }
            isWrong = false
            rest = rest.dropFirst(at + 4 + Int(length))
        }
    }

    private mutating func take(_ frame: Frame) {
        guard !frame.isWrong else { return end = 1_002 }
        switch frame.first & 15 {
        case 8: takeClose(frame.payload)
        case 9: pings.append(frame.payload)
        case 10: break
        default: takeData(frame)
        }
    }

    private mutating func takeData(_ frame: Frame) {
        let isNew = frame.first & 15 != 0
        guard isNew == (opcode == nil) else { return end = 1_002 }
        if isNew { (opcode, fragments, message) = (frame.first & 15, 0, []) }
        fragments += 1
        message += frame.payload
        guard fragments <= FrameProperties.limits.fragments,
            message.count <= FrameProperties.limits.messageBytes
        else { return end = 1_009 }
        let isFinal = frame.first & 0x80 != 0
        if opcode == 1 {
            // Up to three bytes at the end may be the beginning of a character.
            let isBegun = (0...3).contains { count in
                guard !isFinal || count == 0, count <= message.count else { return false }
                let tail = message.suffix(count)
                return String(validating: message.dropLast(count), as: UTF8.self) != nil
                    && Self.mayBegin(Array(tail))
            }
            guard isBegun else { return end = 1_007 }
        }
        guard isFinal else { return }
        delivered.append(
            opcode == 1 ? .text(String(decoding: message, as: UTF8.self)) : .binary(message))
        opcode = nil
    }

    /// Whether some bytes after these make one character.
    private static func mayBegin(_ tail: [UInt8]) -> Bool {
        guard let first = tail.first else { return true }
        guard first >= 0xC2 else { return false }
        let seconds: [UInt8] = tail.count > 1 ? [tail[1]] : [0x80, 0x90, 0xA0]
        return seconds.contains { second in
            (2...4).contains { size in
                guard size > tail.count else { return false }
                var whole = [first, second] + tail.dropFirst(2)
                while whole.count < size { whole.append(0x80) }
                return whole.count == size && String(validating: whole, as: UTF8.self) != nil
            }
        }
    }

    private mutating func takeClose(_ payload: [UInt8]) {
        guard payload.count != 1 else { return end = 1_002 }
        guard payload.count > 1 else { return end = 1_005 }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard Self.isSendable(code) else { return end = 1_002 }
        let isText = String(validating: payload[2...], as: UTF8.self) != nil
        end = isText ? code : 1_007
    }
}
