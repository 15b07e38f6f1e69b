/// Why bytes are not JSON, and where.
package struct JSONProblem: Error, Equatable, CustomStringConvertible {
    var reason: String
    /// The first byte that is wrong; the number of bytes where they end too early.
    package var offset: Int

    /// What is wrong, and where.
    package var description: String { "\(reason) at byte \(offset)" }
}

/// JSON as one flat list of nodes over its bytes, in document order.
///
/// Reading a webhook or a record costs one allocation, not one a value; a class, so that the many
/// views of it share one reference. Strict (RFC 8259), bounded in depth.
package final class JSONTape: Sendable {
    enum Kind: UInt8, Sendable {
        case object, array, string, escapedString, number, yes, no, null
    }

    struct Node: Sendable {
        var kind: Kind
        /// The value's first byte; of a string, the byte after its quote.
        var start: Int
        /// The byte after the value; of a string, its closing quote.
        var end: Int
        /// The node after this value and all within it.
        var next: Int
    }

    /// WhatsApp nests about ten deep; more than this is an attack on the stack.
    static let maximumDepth = 64

    let bytes: [UInt8]
    let nodes: [Node]

    /// Reads JSON.
    ///
    /// - Throws: ``JSONProblem`` at the first byte that is wrong.
    package init(_ bytes: [UInt8]) throws(JSONProblem) {
        self.bytes = bytes
        nodes = try JSONTapeReader.read(bytes)
    }

    /// The outermost value.
    package var root: JSONView { JSONView(tape: self, index: 0) }

    /// The value of a hexadecimal digit.
    package static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x37)
        case 0x61...0x66: UInt32(byte - 0x57)
        default: nil
        }
    }
}
