package import WebSocket

/// A frame as a client writes it by hand, so that wrong ones can be made.
package func clientFrame(
    _ first: UInt8, _ payload: [UInt8], masked: Bool = true, length: [UInt8]? = nil
) -> [UInt8] {
    let mask: [UInt8] = [0x11, 0x22, 0x33, 0x44]
    var size = length ?? shortestLength(payload.count)
    if masked { size[0] |= 0x80 }
    let body = payload.indices.map { masked ? payload[$0] ^ mask[$0 % 4] : payload[$0] }
    return [first] + size + (masked ? mask : []) + body
}

private func shortestLength(_ count: Int) -> [UInt8] {
    let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
    if count < 126 { return [UInt8(count)] }
    return count < 65_536 ? [126] + bytes.suffix(2) : [127] + bytes
}

/// Bytes from a client and what the server makes of them, by section of Autobahn's list.
package struct WireCase: Sendable, CustomStringConvertible {
    /// Its section, and what it is about.
    package let description: String
    /// The bytes.
    package let wire: [UInt8]
    /// The messages that are delivered.
    package let delivered: [WebSocketMessage]
    /// The payloads of the pongs that are sent.
    package let pongs: [[UInt8]]
    /// The code of the disconnect, or nil if the connection stays open.
    package let code: UInt16?

    private init(
        _ name: String, _ wire: [UInt8], _ delivered: [WebSocketMessage] = [],
        pongs: [[UInt8]] = [], code: UInt16? = nil
    ) {
        description = name
        self.wire = wire
        self.delivered = delivered
        self.pongs = pongs
        self.code = code
    }

    private static func text(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x2A, count: count) }

    private static let framing =
        [0, 1, 125, 126, 127, 128, 65_535, 65_536].map { count in
            WireCase(
                "1 text of \(count)", clientFrame(0x81, text(count)),
                [.text(String(repeating: "*", count: count))])
        } + [
            WireCase("1 binary", clientFrame(0x82, [0, 255]), [.binary([0, 255])]),
            WireCase("unmasked", clientFrame(0x81, text(1), masked: false), code: 1_002),
            WireCase("unmasked ping", clientFrame(0x89, [], masked: false), code: 1_002),
            WireCase("long form", clientFrame(0x81, text(1), length: [126, 0, 1]), code: 1_002),
            WireCase(
                "long form of 125", clientFrame(0x82, text(125), length: [126, 0, 125]), code: 1_002
            ),
            WireCase(
                "longest form", clientFrame(0x81, text(1), length: [127, 0, 0, 0, 0, 0, 0, 0, 1]),
                code: 1_002),
            WireCase(
                "longest form of 65535",
                clientFrame(0x82, text(65_535), length: [127, 0, 0, 0, 0, 0, 0, 255, 255]),
                code: 1_002),
            WireCase("long form before its mask", [0x82, 0xFE, 0, 125], code: 1_002),
            WireCase(
                "top bit", clientFrame(0x82, [], length: [127, 128, 0, 0, 0, 0, 0, 0, 0]),
                code: 1_002),
        ]

    private static let pings = [
        WireCase("2 ping", clientFrame(0x89, [0, 255]), pongs: [[0, 255]]),
        WireCase("2 ping of 125", clientFrame(0x89, text(125)), pongs: [text(125)]),
        WireCase("2 ping too long", clientFrame(0x89, text(126)), code: 1_002),
        WireCase("2 pong too long", clientFrame(0x8A, text(126)), code: 1_002),
        WireCase("2 unsolicited pong", clientFrame(0x8A, [1])),
        WireCase(
            "2 a flood of pings", (0..<2_000).flatMap { clientFrame(0x89, [UInt8($0 % 251)]) },
            pongs: (0..<2_000).map { [UInt8($0 % 251)] }),
    ]

    /// Bits and opcodes that mean nothing without an extension.
    private static let reserved =
        [0x40, 0x20, 0x10, 0x70].flatMap { (bits: UInt8) in
            [0x80, 0x81, 0x82, 0x88, 0x89, 0x8A].map { (first: UInt8) in
                WireCase(
                    "3 reserved bits \(bits >> 4) of \(first)", clientFrame(first | bits, text(1)),
                    code: 1_002)
            }
        }
        + ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).flatMap { opcode in
            [
                WireCase("4 opcode \(opcode)", clientFrame(0x80 | opcode, text(2)), code: 1_002),
                WireCase("4 beginning \(opcode)", clientFrame(opcode, []), code: 1_002),
                WireCase(
                    "4 opcode \(opcode) inside",
                    clientFrame(1, [65]) + clientFrame(0x80 | opcode, []), code: 1_002),
            ]
        }

    private static let fragments = [
        WireCase("5 fragmented close", clientFrame(0x08, [3, 0xE8]), code: 1_002),
        WireCase("5 fragmented ping", clientFrame(0x09, []), code: 1_002),
        WireCase("5 fragmented pong", clientFrame(0x0A, []), code: 1_002),
        WireCase("5 two fragments", clientFrame(1, [65]) + clientFrame(0x80, [66]), [.text("AB")]),
        WireCase(
            "5 ping between", clientFrame(1, [65]) + clientFrame(0x89, [1]) + clientFrame(0x80, []),
            [.text("A")], pongs: [[1]]),
        WireCase(
            "5 close between",
            clientFrame(1, [65]) + clientFrame(0x88, [3, 0xE9]) + clientFrame(0x80, [66]),
            code: 1_001),
        WireCase("5 continuation alone", clientFrame(0x80, [66]), code: 1_002),
        WireCase(
            "5 new after a ping inside",
            clientFrame(1, [65]) + clientFrame(0x89, [7]) + clientFrame(0x82, [66]),
            pongs: [[7]], code: 1_002),
        WireCase("5 new inside", clientFrame(1, [65]) + clientFrame(0x81, [66]), code: 1_002),
        WireCase(
            "9 most fragments",
            clientFrame(2, []) + (0..<1_022).flatMap { _ in clientFrame(0, [9]) }
                + clientFrame(0x80, []),
            [.binary([UInt8](repeating: 9, count: 1_022))]),
        WireCase(
            "9 too many fragments",
            clientFrame(2, []) + (0..<1_024).flatMap { _ in clientFrame(0, []) }, code: 1_009),
        WireCase(
            "9 too big", clientFrame(0x82, [], length: [127, 0, 0, 0, 0, 0, 16, 0, 1]),
            code: 1_009),
        WireCase(
            "9 biggest there is",
            clientFrame(0x82, [], length: [127, 127, 255, 255, 255, 255, 255, 255, 255]),
            code: 1_009),
        WireCase(
            "9 too big together", clientFrame(2, text(1_048_576)) + clientFrame(0x80, [1]),
            code: 1_009),
    ]

    private static let unicode = [
        WireCase(
            "6 split character", clientFrame(1, [0xCE]) + clientFrame(0x80, [0xBA]), [.text("κ")]),
        WireCase("6 surrogate", clientFrame(0x81, [0xED, 0xA0, 0x80]), code: 1_007),
        WireCase("6 overlong", clientFrame(0x81, [0xC0, 0xAF]), code: 1_007),
        WireCase("6 beyond", clientFrame(0x81, [0xF4, 0x90, 0x80, 0x80]), code: 1_007),
        WireCase("6 cut short", clientFrame(0x81, [0xE2, 0x82]), code: 1_007),
        WireCase(
            "6 wrong over fragments",
            clientFrame(1, [0xF0, 0x9F]) + clientFrame(0, [0x98]) + clientFrame(0x80, [0x41]),
            code: 1_007),
        WireCase(
            "6 surrogate over fragments",
            clientFrame(1, [65, 0xED]) + clientFrame(0x89, []) + clientFrame(0, [0xA0]),
            pongs: [[]], code: 1_007),
        WireCase(
            "6 cut short over fragments", clientFrame(1, [0xF0, 0x9F]) + clientFrame(0x80, [0x98]),
            code: 1_007),
        WireCase(
            "6 fails before the frame's end", clientFrame(1, [65, 0xFF], length: [9]), code: 1_007),
        WireCase("6 highest", clientFrame(0x81, [0xF4, 0x8F, 0xBF, 0xBF]), [.text("\u{10FFFF}")]),
    ]

    private static let closes =
        [
            WireCase("7 close", clientFrame(0x88, []), code: 1_005),
            WireCase("7 close of one byte", clientFrame(0x88, [3]), code: 1_002),
            WireCase("7 reason not UTF-8", clientFrame(0x88, [3, 0xE8, 0xFF]), code: 1_007),
            WireCase(
                "7 longest reason", clientFrame(0x88, [3, 0xE8] + text(123)), code: 1_000),
            WireCase(
                "7 reason too long", clientFrame(0x88, [3, 0xE8] + text(124)), code: 1_002),
            WireCase(
                "7 nothing after close", clientFrame(0x88, []) + clientFrame(0x81, [65]),
                code: 1_005),
            WireCase(
                "7 no ping after close",
                clientFrame(0x88, [3, 0xE8]) + clientFrame(0x89, [1])
                    + clientFrame(0x88, [3, 0xE9]),
                code: 1_000),
        ]
        + ([1_000, 1_001, 1_002, 1_003, 1_007, 1_008, 1_009, 1_010, 1_011, 1_012, 1_013, 1_014]
        + [3_000, 3_999, 4_000, 4_999]).map { (code: UInt16) in closing(code, with: code) }
        + ([0, 1, 999, 1_004, 1_005, 1_006, 1_015, 1_016, 1_100, 2_000, 2_999, 5_000, 65_535])
        .map { (code: UInt16) in closing(code, with: 1_002) }

    private static func closing(_ code: UInt16, with answer: UInt16) -> WireCase {
        let payload = [UInt8(code >> 8), UInt8(truncatingIfNeeded: code), 0x6F, 0x6B]
        return WireCase("7 close \(code)", clientFrame(0x88, payload), code: answer)
    }

    /// All of them.
    package static let all = framing + pings + reserved + fragments + unicode + closes
}
