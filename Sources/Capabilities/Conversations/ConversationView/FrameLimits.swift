import Conversation

/// How large what the console says may be, in bytes of JSON: a frame that grows with the queue or
/// with what customers write cuts off those who are to read it.
package enum FrameLimits {
    /// A whole frame.
    package static let frame = 64 * 1024
    /// The handoffs of one page.
    package static let page = 48 * 1024
    /// The lines of one page of a transcript.
    package static let lines = 32 * 1024
    /// The text of one line: WhatsApp's 4,096 characters take at most 16 KiB.
    package static let text = 20 * 1024
    /// What a line holds besides words.
    package static let content = 8 * 1024
    /// A suggestion's text, and as much again for its citations.
    package static let suggestion = 10 * 1024
    /// A reason or a summary.
    package static let sentence = 2 * 1024
    /// A name.
    package static let name = 512
    /// An id that comes from a client.
    package static let id = 256
}

extension String {
    /// As much of the text as fits, with `…` where something is cut off; `limit` counts bytes of
    /// its JSON.
    package func cut(toJSONBytes limit: Int) -> String {
        // Six bytes of JSON at most for one of UTF-8.
        if utf8.count * 6 <= limit { return self }
        var room = limit - "…".utf8.count
        var whole = 0
        var end = unicodeScalars.startIndex
        for index in unicodeScalars.indices {
            let bytes = Self.jsonBytes(of: unicodeScalars[index])
            whole += bytes
            if whole > limit { return String(unicodeScalars[..<end]) + "…" }
            if bytes <= room {
                room -= bytes
                end = unicodeScalars.index(after: index)
            } else {
                room = 0
            }
        }
        return self
    }

    private static func jsonBytes(of scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "\"", "\\", "/": 2
        case _ where scalar.value < 0x20 || scalar.value == 0x7f: 6
        default: UTF8.width(scalar)
        }
    }
}

extension Contact {
    /// The customer with names of bounded length.
    var bounded: Contact {
        func cut(_ text: String?) -> String? { text?.cut(toJSONBytes: FrameLimits.name) }
        return Contact(
            userID: cut(userID), parentUserID: cut(parentUserID), phone: cut(phone),
            name: cut(name), username: cut(username))
    }
}

extension Sequence where Element: Encodable {
    /// As many of the first elements as fit, at least one; `limit` counts bytes of their JSON.
    package func prefix(ofJSONBytes limit: Int, atMost count: Int = .max) -> [Element] {
        var first: [Element] = []
        var room = limit
        for element in self {
            // What cannot be written takes no room; there is none such.
            let bytes = (try? RecordCodec.encode(element).count + 1) ?? 0
            guard first.count < count, first.isEmpty || bytes <= room else { break }
            room -= bytes
            first.append(element)
        }
        return first
    }
}
