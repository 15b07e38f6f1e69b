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

    /// Sixteen bytes, as there are many.
    struct Node: Sendable {
        let kind: Kind
        private let from: UInt32
        private var to: UInt32
        private var after: UInt32

        init(kind: Kind, start: Int, end: Int, next: Int) {
            self.kind = kind
            from = UInt32(start)
            to = UInt32(end)
            after = UInt32(next)
        }

        /// The value's first byte; of a string, the byte after its quote.
        var start: Int { Int(from) }

        /// The byte after the value; of a string, its closing quote.
        var end: Int {
            get { Int(to) }
            set { to = UInt32(newValue) }
        }

        /// The node after this value and all within it.
        var next: Int {
            get { Int(after) }
            set { after = UInt32(newValue) }
        }
    }

    /// WhatsApp nests about ten deep; more than this is an attack on the stack.
    static let maximumDepth = 64

    /// What a node can point into.
    private static let mostBytes = Int(UInt32.max)

    let bytes: [UInt8]
    let nodes: [Node]

    /// Reads JSON.
    ///
    /// - Throws: ``JSONProblem`` at the first byte that is wrong.
    package init(_ bytes: [UInt8]) throws(JSONProblem) {
        guard bytes.count < Self.mostBytes else {
            throw JSONProblem(reason: "the JSON is too large", offset: Self.mostBytes)
        }
        self.bytes = bytes
        nodes = try JSONTapeReader.read(bytes)
    }

    /// The outermost value.
    package var root: JSONView { JSONView(tape: self, index: 0) }

    /// The field of an object, by the node of its value; the first of that name.
    func field(_ name: String, of object: Int) -> Int? {
        var name = name
        let (allNodes, allBytes) = (nodes, bytes)
        return name.withUTF8 { name in
            let nodes = allNodes.span
            let bytes = allBytes.span
            let end = nodes[object].next
            var at = object + 1
            while at < end {
                let key = nodes[at]
                if key.kind == .escapedString {
                    let text = JSONView(tape: self, index: at).text ?? ""
                    if unsafe text.utf8.elementsEqual(name) { return at + 1 }
                } else if key.end - key.start == name.count {
                    var index = 0
                    while index < name.count, unsafe bytes[key.start + index] == name[index] {
                        index += 1
                    }
                    if index == name.count { return at + 1 }
                }
                at = nodes[at + 1].next
            }
            return nil
        }
    }

    /// The text between two bytes, which are known to be UTF-8.
    func text(_ start: Int, _ end: Int) -> String {
        unsafe bytes.withUnsafeBufferPointer { all in
            unsafe String(decoding: UnsafeBufferPointer(rebasing: all[start..<end]), as: UTF8.self)
        }
    }

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
