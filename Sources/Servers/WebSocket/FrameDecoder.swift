/// Reads frames from bytes that come in any pieces; payloads are passed on as they arrive, so
/// that a wrong one is found before its end.
struct FrameDecoder {
    struct Header: Equatable {
        var isFinal: Bool
        var opcode: Opcode
        var length: Int
        var mask: UInt32?
    }

    /// A piece of a frame: the first has the header's checks, the last ends the frame.
    struct Part {
        var header: Header
        var bytes: [UInt8]
        var isFirst: Bool
        var isLast: Bool
    }

    private let role: WebSocketRole
    private var buffer: [UInt8] = []
    private var start = 0
    private var current: Header?
    private var received = 0

    init(role: WebSocketRole) {
        self.role = role
    }

    mutating func append(_ bytes: [UInt8]) {
        if start == buffer.count {
            buffer = bytes
            start = 0
        } else {
            buffer.removeFirst(start)
            start = 0
            buffer.append(contentsOf: bytes)
        }
    }

    /// The next piece among the bytes given, or nil if more are needed.
    mutating func next() throws(ProtocolFailure) -> Part? {
        guard let header = current else {
            guard let header = try readHeader() else { return nil }
            current = header
            received = 0
            return takePart(header, isFirst: true)
        }
        guard start < buffer.count else { return nil }
        return takePart(header, isFirst: false)
    }

    private mutating func takePart(_ header: Header, isFirst: Bool) -> Part {
        let count = min(header.length - received, buffer.count - start)
        var bytes = Array(buffer[start..<(start + count)])
        if let mask = header.mask {
            for index in bytes.indices { bytes[index] ^= maskByte(mask, received + index) }
        }
        start += count
        received += count
        let isLast = received == header.length
        if isLast { current = nil }
        return Part(header: header, bytes: bytes, isFirst: isFirst, isLast: isLast)
    }

    private mutating func readHeader() throws(ProtocolFailure) -> Header? {
        let available = buffer.count - start
        // What is wrong in the first bytes need not wait for the rest.
        if available >= 1 { try checkFirst(buffer[start]) }
        guard available >= 2 else { return nil }
        let first = buffer[start]
        let second = buffer[start + 1]
        let isMasked = second & 0x80 != 0
        let opcode = try checkSecond(second, isMasked: isMasked, first: first)
        let short = Int(second & 0x7F)
        let lengthBytes = short == 127 ? 8 : short == 126 ? 2 : 0
        guard available >= 2 + lengthBytes else { return nil }
        var length = UInt64(short)
        if lengthBytes > 0 {
            length = bigEndian(at: start + 2, count: lengthBytes)
            guard length > (lengthBytes == 2 ? 125 : 0xFFFF), length >> 63 == 0 else {
                throw ProtocolFailure(code: 1_002, reason: "length not in its shortest form")
            }
        }
        let size = 2 + lengthBytes + (isMasked ? 4 : 0)
        guard available >= size else { return nil }
        let mask = isMasked ? bigEndian(at: start + 2 + lengthBytes, count: 4) : nil
        start += size
        return Header(
            isFinal: first & 0x80 != 0, opcode: opcode, length: Int(length),
            mask: mask.map { UInt32($0) })
    }

    private func checkFirst(_ first: UInt8) throws(ProtocolFailure) {
        guard first & 0x70 == 0 else {
            throw ProtocolFailure(code: 1_002, reason: "reserved bit set")
        }
        guard let opcode = Opcode(rawValue: first & 0x0F) else {
            throw ProtocolFailure(code: 1_002, reason: "unknown opcode")
        }
        guard !opcode.isControl || first & 0x80 != 0 else {
            throw ProtocolFailure(code: 1_002, reason: "fragmented control frame")
        }
    }

    private func checkSecond(_ second: UInt8, isMasked: Bool, first: UInt8)
        throws(ProtocolFailure) -> Opcode
    {
        guard isMasked == (role == .server) else {
            let reason = isMasked ? "masked frame from a server" : "unmasked frame from a client"
            throw ProtocolFailure(code: 1_002, reason: reason)
        }
        guard let opcode = Opcode(rawValue: first & 0x0F) else {
            throw ProtocolFailure(code: 1_002, reason: "unknown opcode")
        }
        guard !opcode.isControl || second & 0x7F <= 125 else {
            throw ProtocolFailure(code: 1_002, reason: "control frame longer than 125 bytes")
        }
        return opcode
    }

    private func bigEndian(at index: Int, count: Int) -> UInt64 {
        buffer[index..<(index + count)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
