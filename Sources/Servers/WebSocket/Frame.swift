/// What a frame is (RFC 6455, 5.2).
package enum Opcode: UInt8, Sendable {
    /// A further fragment of a message.
    case continuation = 0
    /// A text message or its first fragment.
    case text = 1
    /// A binary message or its first fragment.
    case binary = 2
    /// Begins or answers the closing handshake.
    case close = 8
    /// Asks for a pong.
    case ping = 9
    /// Answers a ping.
    case pong = 10

    var isControl: Bool { rawValue >= 8 }
}

/// Which end of the connection this is: clients mask what they send, servers do not.
package enum WebSocketRole: Sendable {
    /// Accepted the connection.
    case server
    /// Opened the connection.
    case client
}

/// A breach of the protocol, with the code to close with.
struct ProtocolFailure: Error, Equatable {
    let code: UInt16
    let reason: String
}

/// Writes frames.
enum FrameEncoder {
    /// One unfragmented frame; masked if a key is given.
    static func encode(_ opcode: Opcode, _ payload: [UInt8], mask: UInt32?) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(payload.count + 14)
        frame.append(0x80 | opcode.rawValue)
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ...125: frame.append(maskBit | UInt8(payload.count))
        case ...0xFFFF:
            frame.append(maskBit | 126)
            appendBigEndian(UInt64(payload.count), bytes: 2, to: &frame)
        default:
            frame.append(maskBit | 127)
            appendBigEndian(UInt64(payload.count), bytes: 8, to: &frame)
        }
        guard let mask else {
            frame.append(contentsOf: payload)
            return frame
        }
        appendBigEndian(UInt64(mask), bytes: 4, to: &frame)
        for (index, byte) in payload.enumerated() {
            frame.append(byte ^ maskByte(mask, index))
        }
        return frame
    }

    private static func appendBigEndian(_ value: UInt64, bytes: Int, to frame: inout [UInt8]) {
        for index in (0..<bytes).reversed() {
            frame.append(UInt8(truncatingIfNeeded: value >> (UInt64(index) * 8)))
        }
    }
}

/// The byte of a masking key that applies at a position of the payload (RFC 6455, 5.3).
@inline(__always)
func maskByte(_ mask: UInt32, _ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: mask >> UInt32(8 * (3 - index & 3)))
}
